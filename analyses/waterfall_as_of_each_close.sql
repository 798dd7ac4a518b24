-- The waterfall: what each close said, and still says, about each service period. One row per close and service period.
select
    closes.period_id as as_of_close,
    waterfall.service_period_id,
    waterfall.currency,
    sum(waterfall.amount) as revenue_as_known
from {{ ref('fct_revenue_waterfall') }} as waterfall
inner join {{ ref('dim_accounting_periods') }} as closes
    on closes.entity_id = waterfall.entity_id
    and closes.period_ordinal >= waterfall.known_ordinal
    and closes.has_begun
where waterfall.book = 'asc606'
group by closes.period_id, waterfall.service_period_id, waterfall.currency
order by min(closes.period_ordinal), min(waterfall.service_ordinal), waterfall.currency

-- One row per product with a metered price: the meter your own log must name, since Fivetran lands no Stripe meter.
select
    price.product_id as meter_id,
    price.product_id,
    case min(coalesce(price.recurring_aggregate_usage, 'sum'))
        when 'max' then 'max'
        when 'last_during_period' then 'last'
        when 'last_ever' then 'last'
        else 'sum'
    end as aggregation,
    min(coalesce(kinds.unit_code, 'UNIT')) as unit_code,
    'stripe' as source_system,
    min(price.created) as recorded_at,
    min(coalesce(not price.livemode, false)) as is_test
from source.price
left join source.product_kinds as kinds on kinds.product_id = price.product_id
where price.recurring_usage_type = 'metered'
group by price.product_id

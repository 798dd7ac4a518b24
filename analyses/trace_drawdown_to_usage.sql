-- From a lot to the usage that drew it: one row per stretch of usage that drew, day and known period.
--
-- Put the book and the lot here. A stretch may draw from several lots, so its days say which usage drew and not how much of each.
with

lot as (
    select
        'asc606' as book,
        'a-grant' as grant_id
),

stretches as (
    select
        drawdowns.grant_id,
        drawdowns.line_id,
        drawdowns.service_period_id,
        drawdowns.usage_from_at,
        drawdowns.usage_to_at,
        drawdowns.unit_code,
        sum(drawdowns.units) as units_drawn,
        sum(drawdowns.amount) as amount
    from {{ ref('fct_credit_drawdowns') }} as drawdowns
    inner join lot
        on lot.book = drawdowns.book
        and lot.grant_id = drawdowns.grant_id
    where drawdowns.taken_by = 'draw'
    group by 1, 2, 3, 4, 5, 6
)

select
    stretches.*,
    usage.usage_date,
    usage.dim_1_value,
    usage.dim_2_value,
    usage.known_period_id,
    usage.quantity,
    usage.event_count
from stretches
inner join {{ ref('fct_usage_daily') }} as usage
    on usage.line_id = stretches.line_id
    -- local days, so those on which the stretch begins and ends may be shared with its neighbours
    and usage.usage_date >= cast(stretches.usage_from_at as date)
    and usage.usage_date <= cast(stretches.usage_to_at as date)
    and usage.non_billable_reason is null
order by stretches.usage_from_at, usage.usage_date

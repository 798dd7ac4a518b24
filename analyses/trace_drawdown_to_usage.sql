-- From a lot to the usage and outcomes that drew it: one row per stretch that drew, day and known period, and one per outcome.
--
-- Put the book and the lot here. A stretch may draw from several lots, so its days say which usage drew and not how much of each. Outcomes draw
-- when their window has closed; what was given back after that returns (-).
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
    group by all
),

by_usage as (
    select
        stretches.*,
        usage.usage_date,
        usage.dim_1_value,
        usage.dim_2_value,
        usage.known_period_id,
        cast(null as varchar) as outcome_id,
        coalesce(usage.carried_amount, usage.quantity) as quantity,
        usage.event_count
    from stretches
    inner join {{ ref('fct_usage_daily') }} as usage
        on usage.line_id = stretches.line_id
        -- local days, so those on which the stretch begins and ends may be shared with its neighbours
        and usage.usage_date >= cast(stretches.usage_from_at as date)
        and usage.usage_date <= cast(stretches.usage_to_at as date)
        and usage.non_billable_reason is null
),

counted as (
    select
        moves.line_id,
        moves.entity_id,
        moves.outcome_id,
        moves.service_ordinal,
        {{ int_div('moves.revision', '10') }} as known_ordinal,
        sum(case moves.measure when 'given_back' then -moves.quantity else moves.quantity end) as quantity
    from {{ ref('fct_outcome_moves') }} as moves
    inner join (select distinct line_id from stretches) as lines on lines.line_id = moves.line_id
    where moves.measure in ('confirmed', 'given_back')
    group by all
),

by_outcomes as (
    select
        stretches.*,
        cast(outcomes.confirmed_at as date) as usage_date,
        cast(null as varchar) as dim_1_value,
        cast(null as varchar) as dim_2_value,
        known.period_id as known_period_id,
        counted.outcome_id,
        counted.quantity,
        1 as event_count
    from stretches
    inner join counted on counted.line_id = stretches.line_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = counted.entity_id
        and periods.period_ordinal = counted.service_ordinal
        and periods.period_id = stretches.service_period_id
    inner join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = counted.entity_id
        and known.period_ordinal = counted.known_ordinal
    inner join {{ ref('fct_outcomes') }} as outcomes on outcomes.outcome_id = counted.outcome_id
    where counted.quantity <> 0
),

traced as (
    select * from by_usage
    union all
    select * from by_outcomes
)

select *
from traced
order by usage_from_at, usage_date, outcome_id

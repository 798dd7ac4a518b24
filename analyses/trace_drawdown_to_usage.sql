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
    group by 1, 2, 3, 4, 5, 6
),

by_usage as (
    select
        stretches.*,
        usage.usage_date,
        usage.dim_1_value,
        usage.dim_2_value,
        usage.known_period_id,
        cast(null as varchar) as outcome_id,
        usage.quantity,
        usage.event_count
    from stretches
    inner join {{ ref('fct_usage_daily') }} as usage
        on usage.line_id = stretches.line_id
        -- local days, so those on which the stretch begins and ends may be shared with its neighbours
        and usage.usage_date >= cast(stretches.usage_from_at as date)
        and usage.usage_date <= cast(stretches.usage_to_at as date)
        and usage.non_billable_reason is null
),

by_outcomes as (
    select
        stretches.*,
        cast(outcomes.confirmed_at as date) as usage_date,
        cast(null as varchar) as dim_1_value,
        cast(null as varchar) as dim_2_value,
        known.period_id as known_period_id,
        moves.outcome_id,
        sum(case moves.measure when 'given_back' then -moves.quantity else moves.quantity end) as quantity,
        count(distinct moves.outcome_id) as event_count
    from stretches
    inner join {{ ref('fct_outcome_moves') }} as moves
        on moves.line_id = stretches.line_id
        and moves.measure in ('confirmed', 'given_back')
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = moves.entity_id
        and periods.period_ordinal = moves.service_ordinal
        and periods.period_id = stretches.service_period_id
    inner join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = moves.entity_id
        and known.period_ordinal = {{ int_div('moves.revision', '10') }}
    inner join {{ ref('fct_outcomes') }} as outcomes on outcomes.outcome_id = moves.outcome_id
    group by all
)

select * from by_usage
union all
select * from by_outcomes
order by usage_from_at, usage_date, outcome_id

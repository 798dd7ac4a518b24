-- One row per entity, outcome product and close whose history is long enough: what policy asks of it, and up to which day the close saw it (D6, D17).
with

first_outcomes as (
    select
        entity_id,
        product_id,
        min(known_from_ordinal) as known_from_ordinal,
        min(resolved_day) as resolved_day
    from {{ ref('int_reversals__histories') }}
    group by entity_id, product_id
),

closes as (
    select
        periods.entity_id,
        first_outcomes.product_id,
        periods.period_ordinal as close_ordinal,
        first_outcomes.resolved_day as first_day,
        least(periods.end_at, run.as_of) as seen_to_at,
        {{ days_between("date '1970-01-01'", 'cast(least(periods.end_at, run.as_of) as date)') }} as seen_day
    from {{ ref('dim_accounting_periods') }} as periods
    cross join {{ source('state', 'run_context') }} as run
    inner join first_outcomes
        on first_outcomes.entity_id = periods.entity_id
        and first_outcomes.known_from_ordinal <= periods.period_ordinal
    -- of a period that begins at the knowledge date nothing is seen yet
    where periods.start_at < run.as_of
),

int_reversals__asked as (
    select
        closes.* exclude (first_day),
        policies.outcome_history_count as min_outcomes,
        policies.reversal_half_life_months as half_life_months
    from closes
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = closes.entity_id
        and policies.from_ordinal <= closes.close_ordinal
        and policies.to_ordinal > closes.close_ordinal
    where (closes.seen_day - closes.first_day) * 12 >= policies.constraint_history_months * 365
)

select * from int_reversals__asked

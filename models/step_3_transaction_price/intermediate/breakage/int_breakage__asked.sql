-- One row per entity with lots that have ended and close: what policy asks of history before breakage is expected from it (D11, D7).
with

first_ends as (
    select
        entity_id,
        min(end_ordinal) as end_ordinal
    from {{ ref('int_breakage__histories') }}
    group by entity_id
),

int_breakage__asked as (
    select
        periods.entity_id,
        periods.period_ordinal as close_ordinal,
        -- of a period that still runs nobody knows what is used in it
        cast(periods.period_ordinal - case when periods.is_flash then 1 else 0 end as integer) as seen_ordinal,
        policies.breakage_min_lots as min_lots,
        policies.breakage_back_test_error as max_error,
        policies.constraint_confidence as confidence,
        policies.review_amount
    from {{ ref('dim_accounting_periods') }} as periods
    inner join first_ends
        on first_ends.entity_id = periods.entity_id
        and first_ends.end_ordinal <= periods.period_ordinal
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = periods.entity_id
        and policies.from_ordinal <= periods.period_ordinal
        and policies.to_ordinal > periods.period_ordinal
    where periods.has_begun
)

select * from int_breakage__asked

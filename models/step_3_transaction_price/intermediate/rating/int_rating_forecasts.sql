-- One row per usage line, forecast of its units and revisions that go by it: what people recorded, and what history says where it is relied on.
with

fitted as (
    select *
    from {{ ref('int_forecasts__fitted') }}
    where reason = 'relied_on'
),

computed as (
    select
        fitted.line_id,
        cast(null as timestamp) as from_at,
        asked.window_to_at as to_at,
        seen.end_date as as_of_date,
        {{ forecast_id('fitted') }} as estimate_id,
        seen.end_at as recorded_at,
        'expected_value' as method,
        first.start_date as data_from,
        seen.end_date as data_to,
        asked.seen_ordinal + 1 as from_ordinal,
        fitted.close_ordinal * 10 + {{ family('estimate') }} as from_revision,
        case when next.period_ordinal is null then 99999999 else next.period_ordinal * 10 + {{ family('estimate') }} end as to_revision,
        fitted.comparable_lines < policies.constraint_comparable_lines or fitted.back_test_error > policies.constraint_back_test_error as is_limited
    from fitted
    inner join {{ ref('int_forecasts__asked') }} as asked
        on asked.line_id = fitted.line_id
        and asked.close_ordinal = fitted.close_ordinal
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = fitted.entity_id
        and policies.from_ordinal <= fitted.close_ordinal
        and policies.to_ordinal > fitted.close_ordinal
    inner join {{ ref('dim_accounting_periods') }} as seen
        on seen.entity_id = fitted.entity_id
        and seen.period_ordinal = asked.seen_ordinal
    inner join {{ ref('dim_accounting_periods') }} as first
        on first.entity_id = fitted.entity_id
        and first.period_ordinal = asked.seen_ordinal - fitted.history_months + 1
    left join {{ ref('dim_accounting_periods') }} as next
        on next.entity_id = fitted.entity_id
        and next.period_ordinal = fitted.close_ordinal + 1
        and next.has_begun
),

int_rating_forecasts as (
    select
        *,
        'management' as used_source,
        false as is_limited
    from {{ ref('int_forecasts__stated') }}

    union all by name

    select
        *,
        'history' as used_source
    from computed
)

select * from int_rating_forecasts

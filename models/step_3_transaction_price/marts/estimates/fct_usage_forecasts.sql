-- One row per usage line whose price depends on use still to come, and close within the window of its tiers: what history says will be used, and whether it is relied on (D6).
with

scenarios as (
    select
        line_id,
        close_ordinal,
        cast(sum(cast(units as decimal(28, 9)) * cast(probability as decimal(10, 9))) as decimal(38, 9)) as expected_units,
        max(case when reached >= 0.1 and reached - probability < 0.1 then units end) as tenth_units,
        max(case when reached >= 0.5 and reached - probability < 0.5 then units end) as median_units,
        max(case when reached >= 0.9 and reached - probability < 0.9 then units end) as ninetieth_units
    from (
        select
            *,
            sum(probability) over (partition by line_id, close_ordinal order by scenario_no) as reached
        from {{ ref('int_forecasts__fitted') }}
        where scenario_no is not null
    ) as in_order
    group by line_id, close_ordinal
),

fct_usage_forecasts as (
    select
        fitted.line_id,
        fitted.entity_id,
        fitted.close_ordinal as as_of_ordinal,
        asked.seen_ordinal,
        asked.window_to_at,
        fitted.reason as method_choice,
        nullif(fitted.cohort, '') as cohort,
        fitted.comparable_lines,
        fitted.history_months,
        fitted.months_seen,
        cast(fitted.back_test_error as decimal(10, 9)) as back_test_error,
        cast(fitted.missed_share as decimal(10, 9)) as missed_share,
        fitted.market_deviation,
        fitted.level_units,
        scenarios.expected_units,
        scenarios.tenth_units,
        scenarios.median_units,
        scenarios.ninetieth_units
    from {{ ref('int_forecasts__fitted') }} as fitted
    inner join {{ ref('int_forecasts__asked') }} as asked
        on asked.line_id = fitted.line_id
        and asked.close_ordinal = fitted.close_ordinal
    left join scenarios
        on scenarios.line_id = fitted.line_id
        and scenarios.close_ordinal = fitted.close_ordinal
    where fitted.reason is not null
)

select * from fct_usage_forecasts

-- One row per version of a forecast of the use of credits that come with a plan, and scenario: the units expected to be used in an interval.
--
-- A forecast is for all intervals of its window, else of its line, alike.
with

lines as (
    select
        lines.line_id,
        lines.entity_id,
        contracts.time_zone,
        cast({{ local_from_utc('lines.service_start_at', 'contracts.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('lines.service_end_at', 'contracts.time_zone') }} as date) as to_date,
        {{ unit_of_time('lines.amount_interval', 'months') }} as interval_months,
        {{ unit_of_time('lines.amount_interval', 'days') }} as interval_days
    from {{ ref('int_lines__first_terms') }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where lines.line_kind = 'included_credits'
),

stated as (
    select
        lines.line_id,
        lines.entity_id,
        estimates.estimate_id,
        estimates.scenario_no,
        estimates.method,
        estimates.probability,
        estimates.as_of_date,
        cast({{ local_from_utc(instant('applies_from', 'lines.time_zone', 'estimates'), 'lines.time_zone') }} as date) as applies_from_date,
        cast({{ local_from_utc(instant('applies_to', 'lines.time_zone', 'estimates'), 'lines.time_zone') }} as date) as applies_to_date,
        estimates.recorded_at,
        estimates.known_until_at,
        estimates.value,
        estimates.constrained_value,
        coalesce(cast({{ local_from_utc(instant('applies_from', 'lines.time_zone', 'estimates'), 'lines.time_zone') }} as date), lines.from_date) as from_date,
        coalesce(cast({{ local_from_utc(instant('applies_to', 'lines.time_zone', 'estimates'), 'lines.time_zone') }} as date), lines.to_date) as to_date,
        lines.interval_months,
        lines.interval_days
    from lines
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.scope_type = 'line'
        and estimates.scope_id = lines.line_id
        and estimates.book = '*'
),

counted as (
    select
        *,
        cast(greatest(coalesce(
            {{ int_div(months_between('from_date', 'to_date'), 'interval_months') }},
            {{ int_div(days_between('from_date', 'to_date'), 'interval_days') }},
            1
        ), 1) as decimal(38, 9)) as interval_count
    from stated
),

fct_entitlement_forecasts as (
    select
        line_id,
        entity_id,
        estimate_id,
        scenario_no,
        method,
        probability,
        as_of_date,
        applies_from_date,
        applies_to_date,
        recorded_at,
        known_until_at,
        cast({{ share_by_weight('value', '1', 'interval_count') }} as decimal(38, 9)) as expected_units,
        cast({{ share_by_weight('constrained_value', '1', 'interval_count') }} as decimal(38, 9)) as constrained_units
    from counted
)

select * from fct_entitlement_forecasts

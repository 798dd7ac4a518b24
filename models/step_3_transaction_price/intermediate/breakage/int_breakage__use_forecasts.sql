{{ config(materialized='view') }} {#- read once, beside what is stated of breakage itself -#}
-- One row per version of a forecast of the use of credits that share the price of their plan, or of a minimum, and scenario, in the form of an estimate of breakage (D6, D11).
--
-- What is used of a lot is not left of it, so use counts below zero: added to the units of the lot it is what
-- is never used (ASC 606-10-55-48, IFRS 15.B46).
with

forecasts as (
    select
        *,
        false as is_for_the_rest
    from {{ ref('fct_entitlement_forecasts') }}
    union all by name
    select * from {{ ref('int_breakage__charge_forecasts') }}
),

int_breakage__use_forecasts as (
    select
        'usage_forecast' as kind,
        estimate_id,
        scenario_no,
        recorded_at,
        known_until_at,
        'line' as scope_type,
        line_id as scope_id,
        'units' as value_unit,
        applies_from_date,
        applies_to_date,
        is_for_the_rest,
        as_of_date,
        method,
        probability,
        -expected_units as value,
        -constrained_units as constrained_value
    from forecasts
)

select * from int_breakage__use_forecasts

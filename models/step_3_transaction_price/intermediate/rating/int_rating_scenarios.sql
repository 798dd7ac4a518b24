-- One row per forecast of the units of a usage line and scenario of it: how likely how many units are.
with

int_rating_scenarios as (
    select
        estimate_id,
        recorded_at,
        scenario_no,
        cast(coalesce(probability, 1) as decimal(10, 9)) as probability,
        value as units
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind = 'usage_forecast'
        and value_unit = 'units'
        and scope_type = 'line'

    union all

    select
        {{ forecast_id('fitted') }} as estimate_id,
        seen.end_at as recorded_at,
        fitted.scenario_no,
        cast(fitted.probability as decimal(10, 9)) as probability,
        fitted.units
    from {{ ref('int_forecasts__fitted') }} as fitted
    inner join {{ ref('int_forecasts__asked') }} as asked
        on asked.line_id = fitted.line_id
        and asked.close_ordinal = fitted.close_ordinal
    inner join {{ ref('dim_accounting_periods') }} as seen
        on seen.entity_id = fitted.entity_id
        and seen.period_ordinal = asked.seen_ordinal
    where fitted.scenario_no is not null
)

select * from int_rating_scenarios

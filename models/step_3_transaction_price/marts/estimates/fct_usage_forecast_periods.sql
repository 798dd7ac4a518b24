-- One row per usage line, close and period ahead in the window of its tiers: the units that history expects to be used in it (D6).
with

fct_usage_forecast_periods as (
    select
        line_id,
        entity_id,
        close_ordinal as as_of_ordinal,
        service_ordinal,
        units as expected_units
    from {{ ref('int_forecasts__fitted') }}
    where service_ordinal is not null
)

select * from fct_usage_forecast_periods

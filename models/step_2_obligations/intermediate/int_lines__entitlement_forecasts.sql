-- One row per line of included credits with a forecast: how many of an interval its first close expected to be used.
--
-- Of a forecast the constrained figure counts, else the mean of its scenarios.
with

int_lines__entitlement_forecasts as (
    select
        lines.line_id,
        forecasts.estimate_id,
        coalesce(
            max(forecasts.constrained_units),
            cast({{ mean_of_scenarios('forecasts.expected_units', 'forecasts.probability') }} as decimal(38, 9))
        ) as units
    from {{ ref('int_lines__first_terms') }} as lines
    inner join {{ ref('fct_entitlement_forecasts') }} as forecasts on forecasts.line_id = lines.line_id
    {{ join_known_period('known', 'lines.entity_id', 'forecasts.recorded_at') }}
    {{ join_known_period('replaced', 'lines.entity_id', 'forecasts.known_until_at') }}
    where
        known.period_ordinal <= lines.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > lines.known_ordinal
    group by
        lines.line_id,
        forecasts.estimate_id,
        forecasts.as_of_date,
        forecasts.recorded_at
    qualify row_number() over (
        partition by lines.line_id order by forecasts.as_of_date desc, forecasts.recorded_at desc, forecasts.estimate_id asc
    ) = 1
)

select * from int_lines__entitlement_forecasts

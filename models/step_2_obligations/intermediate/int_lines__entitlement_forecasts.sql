-- One row per line of included credits with a forecast: how much of them its first close expected to be used.
--
-- Of a forecast the constrained figure counts, else the mean of its scenarios.
with

int_lines__entitlement_forecasts as (
    select
        lines.line_id,
        estimates.estimate_id,
        cast(estimates.applies_from as date) as applies_from,
        cast(estimates.applies_to as date) as applies_to,
        estimates.as_of_date,
        estimates.recorded_at,
        coalesce(
            max(estimates.constrained_value),
            cast(sum(estimates.value * cast(coalesce(estimates.probability, 1) as decimal(18, 9))) as decimal(38, 9))
        ) as units
    from {{ ref('int_lines__first_terms') }} as lines
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.scope_type = 'line'
        and estimates.scope_id = lines.line_id
    {{ join_known_period('known', 'lines.entity_id', 'estimates.recorded_at') }}
    {{ join_known_period('replaced', 'lines.entity_id', 'estimates.known_until_at') }}
    where
        lines.line_kind = 'included_credits'
        and known.period_ordinal <= lines.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > lines.known_ordinal
    group by
        lines.line_id,
        estimates.estimate_id,
        estimates.applies_from,
        estimates.applies_to,
        estimates.as_of_date,
        estimates.recorded_at
    qualify row_number() over (
        partition by lines.line_id order by estimates.as_of_date desc, estimates.recorded_at desc, estimates.estimate_id asc
    ) = 1
)

select * from int_lines__entitlement_forecasts

-- One row per usage or outcome line and version of a forecast of its units that people recorded: the closes that could know it.
with

stated as (
    select
        lines.line_id,
        lines.entity_id,
        lines.price_id,
        estimates.estimate_id,
        {{ instant('applies_from', 'entities.time_zone', 'estimates') }} as applies_from,
        {{ instant('applies_to', 'entities.time_zone', 'estimates') }} as applies_to,
        estimates.as_of_date,
        estimates.recorded_at,
        estimates.known_until_at,
        min(estimates.method) as method,
        min(estimates.data_from) as data_from,
        max(estimates.data_to) as data_to,
        cast({{ mean_of_scenarios('estimates.value', 'estimates.probability') }} as decimal(38, 9)) as expected_units
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.book = '*'
        and estimates.scope_type = 'line'
        and estimates.scope_id = lines.line_id
    where lines.line_kind in ('usage', 'outcome')
    group by all
),

{{ standing_estimates('stated') }},

int_forecasts__statements as (
    select
        'use' as subject_type,
        versions.line_id as subject_id,
        versions.line_id,
        versions.entity_id,
        versions.price_id,
        versions.estimate_id,
        versions.applies_from,
        versions.applies_to,
        versions.as_of_date,
        versions.recorded_at,
        versions.previous_recorded_at,
        versions.method,
        versions.data_from,
        versions.data_to,
        versions.expected_units,
        coalesce(begun.period_ordinal, made.period_ordinal + 1) as from_ordinal,
        cast(greatest(known.period_ordinal, made.period_ordinal) as integer) as known_from_ordinal,
        cast(coalesce(withdrawn.period_ordinal, 999999) as integer) as withdrawn_ordinal
    from versions
    {{ join_known_period('known', 'versions.entity_id', 'versions.recorded_at') }}
    {{ join_known_period('withdrawn', 'versions.entity_id', 'versions.withdrawn_at') }}
    {{ join_period_of_date('made', 'versions.entity_id', 'versions.as_of_date') }}
    {{ join_period_of('begun', 'versions.entity_id', 'versions.applies_from') }}
)

select * from int_forecasts__statements

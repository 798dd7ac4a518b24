-- One row per usage line, forecast of its units that people recorded and revisions that go by it.
--
-- Of the forecasts that a close knows for one window, the latest counts (section 0.2). What is used before the
-- window of the forecast adds to it; without a window it is for what is used after the period it was made in.
with

stated as (
    select
        lines.line_id,
        lines.entity_id,
        estimates.estimate_id,
        estimates.applies_from,
        estimates.applies_to,
        estimates.as_of_date,
        estimates.recorded_at,
        estimates.known_until_at,
        min(estimates.method) as method,
        min(estimates.data_from) as data_from,
        max(estimates.data_to) as data_to
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.scope_type = 'line'
        and estimates.scope_id = lines.line_id
    where lines.line_kind in ('usage', 'outcome')
    group by
        lines.line_id, lines.entity_id, estimates.estimate_id, estimates.applies_from, estimates.applies_to,
        estimates.as_of_date, estimates.recorded_at, estimates.known_until_at
),

{{ standing_estimates('stated') }},

dated as (
    select
        versions.line_id,
        versions.estimate_id,
        versions.applies_from,
        versions.applies_to,
        versions.as_of_date,
        versions.recorded_at,
        versions.method,
        versions.data_from,
        versions.data_to,
        coalesce(begun.period_ordinal, made.period_ordinal + 1) as from_ordinal,
        greatest(known.period_ordinal, made.period_ordinal) * 10 + {{ family('estimate') }} as from_revision,
        coalesce(withdrawn.period_ordinal, 9999999) * 10 + {{ family('estimate') }} as withdrawn_revision
    from versions
    {{ join_known_period('known', 'versions.entity_id', 'versions.recorded_at') }}
    {{ join_known_period('withdrawn', 'versions.entity_id', 'versions.withdrawn_at') }}
    {{ join_period_of_date('made', 'versions.entity_id', 'versions.as_of_date') }}
    {{ join_period_of('begun', 'versions.entity_id', 'versions.applies_from') }}
),

replaced as (
    select
        *,
        least(
            withdrawn_revision,
            coalesce(min(from_revision) over (
                partition by line_id, applies_from, applies_to
                order by as_of_date, recorded_at rows between 1 following and unbounded following
            ), 99999999),
            99999999
        ) as to_revision
    from dated
),

int_forecasts__stated as (
    select
        line_id,
        applies_from as from_at,
        applies_to as to_at,
        as_of_date,
        estimate_id,
        recorded_at,
        method,
        data_from,
        data_to,
        from_ordinal,
        from_revision,
        to_revision
    from replaced
    where to_revision > from_revision
)

select * from int_forecasts__stated

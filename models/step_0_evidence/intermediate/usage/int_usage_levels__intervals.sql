-- One row per usage line whose meter does not add up and billing interval of it that has begun.
with

lines as (
    select
        lines.line_id,
        lines.entity_id,
        meters.aggregation,
        case coalesce(terms.billing_interval, 'month')
            when 'quarter' then 3
            when 'year' then 12
            else 1
        end as interval_months,
        {{ local_from_utc('lines.from_at', 'entities.time_zone') }} as first_local,
        {{ local_from_utc('least(lines.to_at, run.as_of)', 'entities.time_zone') }} as last_local,
        entities.time_zone
    from {{ ref('int_usage_lines') }} as lines
    inner join {{ ref('dim_meters') }} as meters
        on meters.meter_id = lines.meter_id
        and meters.aggregation not in ('sum', 'count')
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
    inner join (
        select
            line_id,
            min(billing_interval) as billing_interval
        from {{ accepted(ref('stg_contract_lines')) }}
        group by line_id
    ) as terms on terms.line_id = lines.line_id
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
),

intervals as (
    select
        line_id,
        entity_id,
        aggregation,
        {{ utc_from_local(add_months('first_local', 'series_number * interval_months'), 'time_zone') }} as from_at,
        {{ utc_from_local(add_months('first_local', '(series_number + 1) * interval_months'), 'time_zone') }} as to_at
    from lines,
        {{ number_series('0', 'cast(' ~ int_div(months_between('lines.first_local', 'lines.last_local'), 'lines.interval_months') ~ ' as integer)') }}
),

int_usage_levels__intervals as (
    select
        intervals.*,
        days.period_ordinal as first_ordinal
    from intervals
    left join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = intervals.entity_id
        and days.utc_date = cast(intervals.from_at as date)
        and days.from_at <= intervals.from_at
        and days.to_at > intervals.from_at
)

select * from int_usage_levels__intervals

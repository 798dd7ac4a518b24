-- One row per usage line whose meter does not add up and billing interval of it that has begun.
with

lines as (
    select
        lines.line_id,
        lines.entity_id,
        meters.aggregation,
        {{ unit_of_time("coalesce(terms.billing_interval, 'month')", 'months') }} as interval_months,
        {{ unit_of_time('terms.billing_interval', 'days') }} as interval_days,
        lines.from_at as line_from_at,
        lines.to_at as line_to_at,
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
        -- billed once, all of the line's window is one interval
        {%- for bound, number in [('from_at', 'series_number'), ('to_at', 'series_number + 1')] %}
            case
                when interval_months is not null then {{ utc_from_local(add_months('first_local', '(' ~ number ~ ') * interval_months'), 'time_zone') }}
                when interval_days is not null then {{ utc_from_local(add_days('first_local', '(' ~ number ~ ') * interval_days'), 'time_zone') }}
                else line_{{ bound }}
            end as {{ bound }},
        {%- endfor %}
        line_to_at
    from lines,
        {{ number_series('0', 'cast(coalesce('
            ~ int_div(months_between('lines.first_local', 'lines.last_local'), 'lines.interval_months') ~ ', '
            ~ int_div(days_between('lines.first_local', 'lines.last_local'), 'lines.interval_days') ~ ', 0) as integer)') }}
),

int_usage_levels__intervals as (
    select
        intervals.* exclude (line_to_at),
        days.period_ordinal as first_ordinal
    from intervals
    left join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = intervals.entity_id
        and days.utc_date = cast(intervals.from_at as date)
        and days.from_at <= intervals.from_at
        and days.to_at > intervals.from_at
    where intervals.from_at < intervals.line_to_at
)

select * from int_usage_levels__intervals

-- One row per usage line and closes that believed so: when it is served, and the lines that it is comparable with.
with

lines as (
    select
        lines.line_id,
        lines.entity_id,
        coalesce(meters.unit_code, '') as wide_cohort,
        coalesce(meters.unit_code, '') || '; ' || lines.meter_id || '; ' || coalesce(lines.product_id, '') as cohort
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_meters') }} as meters on meters.meter_id = lines.meter_id
    where lines.line_kind = 'usage'
),

terms as (
    select
        line_id,
        known_from_ordinal,
        known_to_ordinal,
        service_start_at,
        coalesce(service_end_at, effective_to) as service_end_at
    from {{ ref('int_line_terms') }}
    where line_id in (select line_id from lines)
),

{{ windows_between_closes('line_id', {'terms': ['known_from_ordinal', 'known_to_ordinal']}) }},

served as (
    select
        windows.line_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        min(terms.service_start_at) as from_at,
        case when bool_or(terms.service_end_at is null) then null else max(terms.service_end_at) end as to_at
    from windows
    inner join terms
        on terms.line_id = windows.line_id
        and terms.known_from_ordinal <= windows.window_from_ordinal
        and terms.known_to_ordinal > windows.window_from_ordinal
    group by windows.line_id, windows.window_from_ordinal, windows.window_to_ordinal
),

int_forecasts__lines as (
    select
        lines.entity_id,
        lines.line_id,
        cast(served.window_from_ordinal as integer) as known_from_ordinal,
        cast(served.window_to_ordinal as integer) as known_to_ordinal,
        lines.cohort,
        lines.wide_cohort,
        -- places in the calendar of the entity, which begins with period 1
        cast(coalesce(begun.period_ordinal + {{ passed_of_period('begun', 'served.from_at') }}, 1) as decimal(18, 9)) as served_from,
        cast(coalesce(ended.period_ordinal + {{ passed_of_period('ended', 'served.to_at') }}, 999999) as decimal(18, 9)) as served_to
    from served
    inner join lines on lines.line_id = served.line_id
    {{ join_period_of('begun', 'lines.entity_id', 'served.from_at') }}
    {{ join_period_of('ended', 'lines.entity_id', 'served.to_at') }}
)

select * from int_forecasts__lines

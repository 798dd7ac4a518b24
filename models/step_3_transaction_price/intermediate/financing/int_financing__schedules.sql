-- One row per such fee and closes that believed so: price, billing, rate of interest and election of its schedule.
with

lines as (
    select * from {{ ref('int_financing__lines') }}
),

int_financing__schedules as (
    select
        lines.line_id || '@' || cast(windows.window_from_ordinal as varchar) as schedule_id,
        lines.* exclude (known_from_ordinal, known_to_ordinal, any_elected),
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family,
        windows.stated_amount,
        windows.from_date,
        windows.to_date,
        periods.end_date as close_date,
        rates.annual_rate,
        rates.estimate_id,
        elected.choice,
        elected.election_id
    from {{ ref('int_financing__windows') }} as windows
    inner join lines
        on lines.line_id = windows.line_id
        and lines.known_from_ordinal <= windows.window_from_ordinal
        and lines.known_to_ordinal > windows.window_from_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lines.entity_id
        and periods.period_ordinal = windows.window_from_ordinal
    left join {{ ref('int_financing__rates') }} as rates
        on rates.line_id = windows.line_id
        and rates.known_from_ordinal <= windows.window_from_ordinal
        and rates.known_to_ordinal > windows.window_from_ordinal
    left join {{ ref('int_financing__elections') }} as elected
        on elected.line_id = windows.line_id
        and elected.known_ordinal <= windows.window_from_ordinal
        and elected.replaced_ordinal > windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.line_id, windows.window_from_ordinal
        order by {{ nearest_election('elected') }}, rates.nearness asc nulls last, rates.recorded_at asc
    ) = 1
)

select * from int_financing__schedules

{{ config(materialized='view') }} {#- only the first half of one calculation, told apart for its reader -#}
-- One row per line, dimensions, interval, day, close and reading that counts toward the level of that interval by that day as that close knew it.
with

billable as (
    select * exclude (non_billable_reason, is_withdrawal)
    from {{ ref('int_usage_levels__readings') }}
    where non_billable_reason is null
),

readings as (
    select
        readings.*,
        intervals.from_at as interval_from_at,
        intervals.to_at as interval_to_at
    from billable as readings
    inner join {{ ref('int_usage_levels__intervals') }} as intervals
        on intervals.line_id = readings.line_id
        and intervals.from_at <= readings.occurred_at
        and intervals.to_at > readings.occurred_at
),

-- A level that is weighted by time holds until the next reading, so an interval also starts with
-- what was read before it: back to the last reading that was known in time and never withdrawn.
interval_starts as (
    select
        intervals.*,
        days.period_ordinal as first_ordinal,
        (
            select max(earlier.occurred_at)
            from billable as earlier
            where
                earlier.line_id = intervals.line_id
                and earlier.occurred_at < intervals.from_at
                and earlier.known_ordinal = earlier.service_ordinal
                and earlier.event_count > 0
                and not exists (
                    select 1 from billable as withdrawn
                    where
                        withdrawn.line_id = earlier.line_id
                        and withdrawn.occurred_at = earlier.occurred_at
                        and withdrawn.event_count < 0
                )
        ) as carried_from_at
    from {{ ref('int_usage_levels__intervals') }} as intervals
    inner join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = intervals.entity_id
        and days.from_at <= intervals.from_at
        and days.to_at > intervals.from_at
        and days.utc_date = cast(intervals.from_at as date)
    where intervals.aggregation = 'time_weighted'
),

carried as (
    select
        starts.line_id,
        starts.from_at as interval_from_at,
        starts.to_at as interval_to_at,
        starts.entity_id,
        readings.* exclude (line_id, known_ordinal),
        -- what was known before the interval began is known at its first close
        greatest(readings.known_ordinal, starts.first_ordinal) as known_ordinal
    from interval_starts as starts
    inner join billable as readings
        on readings.line_id = starts.line_id
        and readings.occurred_at < starts.to_at
        and readings.occurred_at >= coalesce(starts.carried_from_at, timestamp '0001-01-01')
),

closes as (
    select distinct
        line_id,
        dim_1_value,
        dim_2_value,
        interval_from_at,
        interval_to_at,
        aggregation,
        known_ordinal
    from readings
    where aggregation <> 'time_weighted'
    union
    select distinct
        line_id,
        dim_1_value,
        dim_2_value,
        interval_from_at,
        interval_to_at,
        aggregation,
        known_ordinal
    from carried
),

reading_days as (
    select distinct
        line_id,
        dim_1_value,
        dim_2_value,
        interval_from_at,
        local_date,
        service_ordinal
    from readings
    where aggregation <> 'time_weighted'
    union
    select distinct
        carried.line_id,
        carried.dim_1_value,
        carried.dim_2_value,
        carried.interval_from_at,
        days.local_date,
        days.period_ordinal as service_ordinal
    from carried
    inner join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = carried.entity_id
        and days.from_at < carried.interval_to_at
        and days.to_at > carried.interval_from_at
        and days.from_at < (select as_of from {{ source('state', 'run_context') }})
),

grid as (
    select
        closes.*,
        reading_days.local_date,
        reading_days.service_ordinal
    from closes
    inner join reading_days
        on reading_days.line_id = closes.line_id
        and reading_days.dim_1_value is not distinct from closes.dim_1_value
        and reading_days.dim_2_value is not distinct from closes.dim_2_value
        and reading_days.interval_from_at = closes.interval_from_at
),

interval_readings as (
    select
        line_id,
        interval_from_at,
        dim_1_value,
        dim_2_value,
        counted_value,
        occurred_at,
        local_date,
        quantity,
        known_ordinal,
        event_count
    from readings
    where aggregation <> 'time_weighted'
    union all
    select
        line_id,
        interval_from_at,
        dim_1_value,
        dim_2_value,
        counted_value,
        occurred_at,
        local_date,
        quantity,
        known_ordinal,
        event_count
    from carried
),

-- Readings that stand at a close: recorded by then and not yet withdrawn.
standing as (
    select
        grid.*,
        readings.occurred_at,
        readings.counted_value,
        readings.quantity
    from grid
    inner join interval_readings as readings
        on readings.line_id = grid.line_id
        and readings.interval_from_at = grid.interval_from_at
        and readings.dim_1_value is not distinct from grid.dim_1_value
        and readings.dim_2_value is not distinct from grid.dim_2_value
        and readings.known_ordinal <= grid.known_ordinal
        and readings.local_date <= grid.local_date
    group by all
    having sum(readings.event_count) > 0
)

select * from standing

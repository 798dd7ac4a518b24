{{ config(materialized='view') }} {#- only the first half of one calculation, told apart for its reader -#}
-- One row per line, dimensions, interval, close that learned something of it, and reading that this close let stand.
with

-- A level that is weighted by time holds until the next reading, across intervals. One that was known
-- in its own period and never withdrawn ends for good what was read before it.
firm as (
    select
        *,
        case
            when aggregation <> 'time_weighted' then null
            when
                known_ordinal = service_ordinal
                and event_count > 0
                and min(event_count) over (partition by line_id, dim_1_value, dim_2_value, occurred_at) >= 0
                then occurred_at
        end as firm_at
    from {{ ref('int_usage_levels__readings') }}
    where non_billable_reason is null
),

billable as (
    select
        * exclude (firm_at),
        case
            when aggregation <> 'time_weighted' then occurred_at
            else coalesce(min(firm_at) over (
                partition by line_id, dim_1_value, dim_2_value
                order by occurred_at
                range between interval 1 microsecond following and unbounded following
            ), timestamp '9999-12-31')
        end as holds_until_at
    from firm
),

-- Each reading in its own interval and in those that begin while it may still hold.
readings as (
    select
        billable.line_id,
        billable.dim_1_value,
        billable.dim_2_value,
        intervals.from_at as interval_from_at,
        intervals.to_at as interval_to_at,
        billable.aggregation,
        billable.counted_value,
        billable.occurred_at,
        billable.local_date,
        billable.service_ordinal,
        billable.quantity,
        -- what was known before the interval began is known at its first close
        greatest(billable.known_ordinal, intervals.first_ordinal) as known_ordinal,
        sum(billable.event_count) as event_count
    from billable
    inner join {{ ref('int_usage_levels__intervals') }} as intervals
        on intervals.line_id = billable.line_id
        and intervals.to_at > billable.occurred_at
        and intervals.from_at <= billable.holds_until_at
    group by all
    having sum(billable.event_count) <> 0
),

closes as (
    select
        *,
        lead(known_ordinal) over (
            partition by line_id, dim_1_value, dim_2_value, interval_from_at order by known_ordinal
        ) as next_known_ordinal
    from (
        select distinct
            line_id,
            dim_1_value,
            dim_2_value,
            interval_from_at,
            known_ordinal
        from readings
    ) as learned
),

-- Recorded by then and not yet withdrawn.
counted as (
    select
        * exclude (known_ordinal, event_count),
        known_ordinal as from_ordinal,
        lead(known_ordinal) over same_reading as until_ordinal,
        sum(event_count) over same_reading as event_count
    from readings
    window same_reading as (
        partition by line_id, dim_1_value, dim_2_value, interval_from_at, occurred_at, counted_value, quantity order by known_ordinal
    )
),

int_usage_levels__standing as (
    select
        counted.* exclude (from_ordinal, until_ordinal, event_count),
        closes.known_ordinal,
        closes.next_known_ordinal
    from counted
    inner join closes
        on closes.line_id = counted.line_id
        and closes.dim_1_value is not distinct from counted.dim_1_value
        and closes.dim_2_value is not distinct from counted.dim_2_value
        and closes.interval_from_at = counted.interval_from_at
        and closes.known_ordinal >= counted.from_ordinal
        and closes.known_ordinal < coalesce(counted.until_ordinal, 999999)
    where counted.event_count > 0
)

select * from int_usage_levels__standing

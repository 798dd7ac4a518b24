-- One row per line, dimensions, day and known period: what that day, as known then, added to its interval's level.
--
-- What each day adds to the level of its interval is measured once for each close that learned
-- something, and taken back by the next such close; so the core treats every meter alike.
with

standing as (
    select
        *,
        lead(occurred_at) over in_time as next_reading_at,
        lead(local_date) over in_time as next_reading_date,
        row_number() over (
            partition by line_id, dim_1_value, dim_2_value, interval_from_at, known_ordinal, counted_value
            order by occurred_at
        ) as sight_number
    from {{ ref('int_usage_levels__standing') }}
    window in_time as (
        partition by line_id, dim_1_value, dim_2_value, interval_from_at, known_ordinal
        order by occurred_at, quantity
    )
),

read_by_day as (
    select
        line_id,
        dim_1_value,
        dim_2_value,
        interval_from_at,
        aggregation,
        local_date,
        service_ordinal,
        known_ordinal,
        next_known_ordinal,
        max(quantity) as highest,
        max(case when local_date < coalesce(next_reading_date, date '9999-12-31') then quantity end) as last_read,
        count(case when sight_number = 1 then counted_value end) as newly_seen
    from standing
    where aggregation <> 'time_weighted'
    group by all
),

read_added as (
    select
        * exclude (interval_from_at, aggregation, highest, last_read, newly_seen),
        case aggregation
            when 'max' then greatest(highest - coalesce(max(highest) over earlier_days, 0), 0)
            when 'last' then last_read - coalesce(lag(last_read) over in_days, 0)
            when 'unique' then cast(newly_seen as decimal(38, 9))
        end as added
    from read_by_day
    window
        in_days as (partition by line_id, dim_1_value, dim_2_value, interval_from_at, known_ordinal order by local_date),
        earlier_days as (
            partition by line_id, dim_1_value, dim_2_value, interval_from_at, known_ordinal
            order by local_date rows between unbounded preceding and 1 preceding
        )
),

days as (
    select
        entity_id,
        local_date,
        period_ordinal as service_ordinal,
        min(from_at) as from_at,
        max(to_at) as to_at
    from {{ ref('dim_accounting_days') }}
    where from_at < (select as_of from {{ source('state', 'run_context') }})
    group by entity_id, local_date, period_ordinal
),

held_by_day as (
    select
        standing.* exclude (local_date, service_ordinal, next_reading_at),
        days.local_date,
        days.service_ordinal,
        greatest(standing.occurred_at, standing.interval_from_at) as held_from_at,
        least(coalesce(standing.next_reading_at, standing.interval_to_at), standing.interval_to_at, lines.held_to_at, days.to_at) as held_until_at,
        days.from_at as day_from_at
    from standing
    inner join {{ ref('int_usage_lines') }} as lines on lines.line_id = standing.line_id
    inner join days
        on days.entity_id = lines.entity_id
        and days.to_at > standing.occurred_at
        and days.to_at > standing.interval_from_at
        and days.from_at < standing.interval_to_at
        and days.from_at < coalesce(standing.next_reading_at, standing.interval_to_at)
        -- what is held is not charged beyond the end of the line, or of its contract
        and days.from_at < lines.held_to_at
    where standing.aggregation = 'time_weighted'
),

-- The share of the interval for which the reading held by the end of the day, less that by its start.
held_added as (
    select
        line_id,
        dim_1_value,
        dim_2_value,
        local_date,
        service_ordinal,
        known_ordinal,
        next_known_ordinal,
        {{ from_billionths(
            int_div(billionths('quantity') ~ ' * greatest(0, ' ~ seconds_between('held_from_at', 'held_until_at') ~ ')', seconds_between('interval_from_at', 'interval_to_at'))
            ~ ' - ' ~ int_div(billionths('quantity') ~ ' * greatest(0, ' ~ seconds_between('held_from_at', 'day_from_at') ~ ')', seconds_between('interval_from_at', 'interval_to_at'))
        ) }} as added
    from held_by_day
),

added as (
    select * from read_added
    union all by name
    select * from held_added
),

by_close as (
    select * exclude (next_known_ordinal)
    from added
    union all by name
    select
        * exclude (next_known_ordinal, known_ordinal) replace (-added as added),
        next_known_ordinal as known_ordinal
    from added
    where next_known_ordinal is not null
),

int_usage_levels_by_day as (
    select
        line_id,
        dim_1_value,
        dim_2_value,
        local_date as usage_date,
        service_ordinal,
        -- a level learned in one period lasts into the next ones as they pass
        greatest(known_ordinal, service_ordinal) as known_ordinal,
        cast(sum(added) as decimal(38, 9)) as quantity
    from by_close
    group by line_id, dim_1_value, dim_2_value, local_date, service_ordinal, greatest(known_ordinal, service_ordinal)
    having sum(added) <> 0
)

select * from int_usage_levels_by_day

-- One row per line, dimensions, day and known period: what that day, as known then, added to its interval's level.
--
-- The level of an interval up to a day is measured once for each close that learned something;
-- differences by day and by close add up again, so the core treats every meter alike.
with

standing as (
    select * from {{ ref('int_usage_levels__standing') }}
),

held_until as (
    select
        standing.*,
        days.to_at as day_to_at,
        coalesce(lead(standing.occurred_at) over (
            partition by
                standing.line_id, standing.dim_1_value, standing.dim_2_value, standing.interval_from_at,
                standing.known_ordinal, standing.local_date
            order by standing.occurred_at, standing.quantity
        ), timestamp '9999-12-31') as next_reading_at
    from standing
    inner join {{ ref('int_usage_lines') }} as lines on lines.line_id = standing.line_id
    inner join (
        select
            entity_id,
            local_date,
            max(to_at) as to_at
        from {{ ref('dim_accounting_days') }}
        group by entity_id, local_date
    ) as days
        on days.entity_id = lines.entity_id
        and days.local_date = standing.local_date
),

levels as (
    select
        line_id,
        dim_1_value,
        dim_2_value,
        interval_from_at,
        local_date,
        service_ordinal,
        known_ordinal,
        case aggregation
            when 'max' then max(quantity)
            when 'last' then max_by(quantity, occurred_at)
            when 'unique' then cast(count(distinct counted_value) as decimal(38, 9))
            else cast(sum(
                {{ int_div(
                    billionths('quantity') ~ ' * greatest(0, ' ~ seconds_between('greatest(occurred_at, interval_from_at)', 'least(next_reading_at, interval_to_at, day_to_at)') ~ ')',
                    seconds_between('interval_from_at', 'interval_to_at'),
                ) }}
            ) as decimal(38, 0)) * cast(0.000000001 as decimal(9, 9))
        end as level
    from held_until
    group by line_id, dim_1_value, dim_2_value, interval_from_at, local_date, service_ordinal, known_ordinal, aggregation
),

by_day as (
    select
        *,
        level - coalesce(lag(level) over (
            partition by line_id, dim_1_value, dim_2_value, interval_from_at, known_ordinal order by local_date
        ), 0) as added_by_day
    from levels
),

by_close as (
    select
        *,
        added_by_day - coalesce(lag(added_by_day) over (
            partition by line_id, dim_1_value, dim_2_value, interval_from_at, local_date order by known_ordinal
        ), 0) as added_by_close
    from by_day
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
        cast(sum(added_by_close) as decimal(38, 9)) as quantity
    from by_close
    group by line_id, dim_1_value, dim_2_value, local_date, service_ordinal, greatest(known_ordinal, service_ordinal)
    having sum(added_by_close) <> 0
)

select * from int_usage_levels_by_day

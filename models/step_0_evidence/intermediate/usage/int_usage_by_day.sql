-- One row per line segment, dimensions, day, known period and kind of entry.
--
-- Meters that do not add up are measured by int_usage_levels_by_day; events that no line
-- answers for wait in int_usage_events__unrouted.
with

int_usage_by_day as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_withdrawal,
        usage_date,
        service_ordinal,
        known_ordinal,
        case
            when aggregation = 'count' then cast(sum(event_count) as decimal(38, 9))
            else sum(quantity)
        end as quantity,
        cast(sum(carried_amount) as decimal(38, 9)) as carried_amount,
        cast(sum(event_count) as bigint) as event_count
    from {{ ref('int_usage_entries') }}
    where aggregation in ('sum', 'count')
    group by
        line_segment_number, dim_1_value, dim_2_value, non_billable_reason, is_withdrawal,
        usage_date, service_ordinal, known_ordinal, aggregation
    -- a replay that was alone in its group leaves nothing
    having sum(event_count) <> 0 or sum(quantity) <> 0
)

select * from int_usage_by_day

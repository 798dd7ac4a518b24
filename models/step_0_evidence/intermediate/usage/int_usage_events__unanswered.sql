{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['file_id', 'route_key']) }} {#- held events are kept, so that trying them again reads no file -#}
-- One row per readable usage event that found no contract line when it was last read from its file.
--
-- Which of them still find none is told by int_usage_events__unrouted. A file is read for them only
-- where more of its events are without a line than are kept.
with

unread as (
    {{ groups_without_a_line(ref('int_usage_groups'), this if is_incremental() else none) }}
),

int_usage_events__unanswered as (
    select
        events.* exclude (input_row, _file_id, _row_number),
        events._file_id as file_id,
        {{ input_row('events') }} as input_row,
        unread.route_key
    from {{ usage_events_of_files("select distinct file_id from (" ~ groups_without_a_line(ref('int_usage_groups'), this if is_incremental() else none) ~ ") as unread order by 1", reads=[ref('int_usage_groups'), ref('int_usage_routes')]) }} as events
    -- by columns of the files themselves, so that the engine can skip what cannot match
    inner join unread
        on unread.file_id = events._file_id
        and unread.unanswered_customer_id = events.customer_id
        and unread.unanswered_meter_id = events.meter_id
        and unread.route_key = {{ cited_route_key('events') }}
    inner join {{ source('state', 'input_files') }} as files on files.file_id = events._file_id
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = unread.route_key
        and routes.from_at <= {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.to_at > {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
    where
        routes.route_key is null
        and events.content_reason is null
        and not events.is_retracted
        and events.recorded_at <= files.read_as_of
)

select * from int_usage_events__unanswered

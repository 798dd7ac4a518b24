{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['file_id', 'route_key']) }} {#- held events are kept, so that trying them again reads no file -#}
-- One row per readable usage event that found no contract line when it was last read from its file.
--
-- Which of them still find none is told by int_usage_events__unrouted. A file is read for them only
-- where more of its events are without a line than are kept.
{%- set unread %}
    with

    lineless as (
        select
            groups.file_id,
            groups.route_key,
            groups.unanswered_customer_id,
            groups.unanswered_meter_id,
            sum(groups.event_count) as event_count
        from {{ ref('int_usage_groups') }} as groups
        left join {{ ref('int_usage_routes') }} as routes
            on routes.route_key = groups.route_key
            and routes.from_at <= groups.first_occurred_at
            and routes.to_at > groups.first_occurred_at
            and routes.recorded_from_at <= groups.first_recorded_at
            and routes.recorded_until_at > groups.first_recorded_at
        where
            groups.unanswered_meter_id is not null
            and routes.route_key is null
        group by all
    )
    {%- if is_incremental() %},

    kept as (
        select
            kept.file_id,
            kept.route_key,
            count(*) as event_count
        from {{ this }} as kept
        inner join {{ source('state', 'input_files') }} as files
            on files.file_id = kept.file_id
            and not files.is_unread
        left join {{ ref('int_usage_routes') }} as routes
            on routes.route_key = kept.route_key
            and routes.from_at <= kept.occurred_at
            and routes.to_at > kept.occurred_at
            and routes.recorded_from_at <= kept.recorded_at
            and routes.recorded_until_at > kept.recorded_at
        where routes.route_key is null
        group by all
    )
    {%- endif %}

    select lineless.*
    from lineless
    {%- if is_incremental() %}
        left join kept
            on kept.file_id = lineless.file_id
            and kept.route_key = lineless.route_key
        where lineless.event_count is distinct from kept.event_count
    {%- endif %}
{%- endset %}
with

unread as (
    {{ unread }}
),

int_usage_events__unanswered as (
    select
        events.* exclude (input_row, _file_id, _row_number),
        events._file_id as file_id,
        {{ input_row('events') }} as input_row,
        unread.route_key
    from {{ usage_events_of_files("select distinct file_id from (" ~ unread ~ ") as unread order by 1", reads=[ref('int_usage_groups'), ref('int_usage_routes')]) }} as events
    -- by columns of the files themselves, so that the engine can skip what cannot match
    inner join unread
        on unread.file_id = events._file_id
        and unread.unanswered_customer_id = events.customer_id
        and unread.unanswered_meter_id = events.meter_id
        and unread.route_key = {{ cited_route_key('events') }}
    inner join {{ source('state', 'input_files') }} as files on files.file_id = events._file_id
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = unread.route_key
        and routes.from_at <= events.occurred_at
        and routes.to_at > events.occurred_at
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
    where
        routes.route_key is null
        and events.content_reason is null
        and not events.is_retracted
        and events.recorded_at <= files.read_as_of
)

select * from int_usage_events__unanswered

{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['file_id', 'route_key']) }} {#- grows by what arrives -#}
-- One row per input file, cited name and meter, dimensions, day, known period and route: the only scan-and-group of the events.
--
-- The scan never looks at event ids: it counts every readable row, and the few that are repeated
-- or withdrawn are taken out by int_usage_entries. Readings of meters that do not add up stay single, and events
-- that a price rates alone stay apart by their quantity. Of a line whose events carry what they cost, that is summed too.
-- depends_on: {{ ref('stg_usage_events') }}, {{ source('state', 'input_files') }}
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

{% if is_incremental() -%}
    cut_since as (
        {{ groups_cut_since(this) }}
    ),

{% endif -%}

readable as (
    select
        _file_id as file_id,
        {{ cited_route_key('arrived') }} as route_key,
        arrived.customer_id,
        arrived.meter_id,
        arrived.dim_1_value,
        arrived.dim_2_value,
        arrived.non_billable_reason,
        {{ is_local_time('arrived') }} as is_local_time,
        arrived.occurred_at,
        arrived.recorded_at,
        arrived.quantity,
        arrived.rated_amount,
        arrived.rated_currency
    from {{ ref('int_usage_events__arrived') }} as arrived
    -- one condition, not three: each would let the engine expect a fifth of the rows, and then hash the events
    where coalesce(arrived.content_reason is null and not arrived.is_retracted and arrived.recorded_at <= (select as_of from run), false)

    {% if is_incremental() -%}
        union all

        select
            events._file_id as file_id,
            {{ cited_route_key('events') }} as route_key,
            events.customer_id,
            events.meter_id,
            events.dim_1_value,
            events.dim_2_value,
            events.non_billable_reason,
            {{ is_local_time('events') }} as is_local_time,
            events.occurred_at,
            events.recorded_at,
            events.quantity,
            events.rated_amount,
            events.rated_currency
        from {{ usage_events_of_files("with cut_since as (" ~ groups_cut_since(this) ~ ") select distinct cut_since.file_id from cut_since inner join " ~ source('state', 'input_files') ~ " as files on files.file_id = cut_since.file_id and not files.is_unread order by 1", reads=[ref('int_usage_routes'), ref('dim_accounting_days'), ref('dim_knowledge_days')]) }} as events
        inner join cut_since
            on cut_since.file_id = events._file_id
            and cut_since.route_key = {{ cited_route_key('events') }}
        inner join {{ source('state', 'input_files') }} as files on files.file_id = events._file_id
        where
            events.content_reason is null
            and not events.is_retracted
            and events.recorded_at <= files.read_as_of
    {%- endif %}
),

routed as (
    select
        readable.* replace ({{ non_billable_reason('readable', 'routes') }} as non_billable_reason),
        {{ used_at('readable') }} as used_at,
        routes.line_segment_number,
        routes.entity_id,
        routes.aggregation not in ('sum', 'count') as is_level,
        routes.rates_events_alone,
        routes.carried_currency is not null as carries_amounts,
        routes.route_key is null as is_unanswered,
        greatest(readable.recorded_at, routes.routed_at) as known_at
    from readable
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = readable.route_key
        and routes.from_at <= {{ used_at('readable') }}
        and routes.to_at > {{ used_at('readable') }}
        and routes.recorded_from_at <= readable.recorded_at
        and routes.recorded_until_at > readable.recorded_at
),

grouped as (
    select
        routed.file_id,
        routed.route_key,
        routed.dim_1_value,
        routed.dim_2_value,
        routed.non_billable_reason,
        routed.is_local_time,
        routed.carries_amounts,
        routed.line_segment_number,
        coalesce(days.local_date, cast(routed.used_at as date)) as usage_date,
        greatest(days.period_ordinal, late.period_ordinal) as known_ordinal,
        case when routed.is_level then routed.occurred_at end as reading_at,
        case when routed.is_level or routed.rates_events_alone then routed.quantity end as reading,
        case when routed.is_unanswered then routed.customer_id end as unanswered_customer_id,
        case when routed.is_unanswered then routed.meter_id end as unanswered_meter_id,
        min(routed.occurred_at) as first_occurred_at,
        max(routed.occurred_at) as last_occurred_at,
        min(routed.recorded_at) as first_recorded_at,
        max(routed.recorded_at) as last_recorded_at,
        sum(routed.quantity) as quantity,
        sum(case when routed.carries_amounts then routed.rated_amount end) as carried_amount,
        count(*) as event_count
    from routed
    left join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routed.entity_id
        and days.utc_date = cast(routed.used_at as date)
        and days.from_at <= routed.used_at
        and days.to_at > routed.used_at
    -- only what came after its own period's cut-off needs a look-up
    left join {{ ref('dim_knowledge_days') }} as late
        on late.entity_id = routed.entity_id
        and late.utc_date = case when days.knowledge_cutoff_at < routed.known_at then cast(routed.known_at as date) end
        and late.after_at < routed.known_at
        and late.until_at >= routed.known_at
    group by all
),

int_usage_groups as (
    -- where a group belongs is decided again at every run, from its first and last instants
    select * exclude (line_segment_number, usage_date, known_ordinal)
    from grouped
)

select * from int_usage_groups

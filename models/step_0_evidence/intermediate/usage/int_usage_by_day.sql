-- One row per line segment, dimensions, day, known period and kind of entry: the only scan-and-group of the events.
--
-- Events that no line answers for are left to int_usage_events__unrouted.
with

routed as (
    select
        events.dim_1_value,
        events.dim_2_value,
        events.non_billable_reason,
        events.is_withdrawal,
        events.occurred_at,
        events.quantity,
        events.event_count,
        routes.line_segment_number,
        routes.entity_id,
        routes.aggregation = 'count' as counts_events,
        greatest(events.recorded_at, routes.routed_at) as known_at
    from {{ ref('int_usage_events__counted') }} as events
    inner join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = case
            when events.line_id is not null then 3
            when events.contract_id is not null then 2
            else 1
        end
        and routes.cited_id = coalesce(events.line_id, events.contract_id, events.customer_id)
        and routes.meter_id = events.meter_id
        and routes.from_at <= events.occurred_at
        and routes.to_at > events.occurred_at
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
        -- meters that do not add up are measured by int_usage_levels_by_day
        and routes.aggregation in ('sum', 'count')
),

grouped as (
    select
        routed.line_segment_number,
        routed.dim_1_value,
        routed.dim_2_value,
        routed.non_billable_reason,
        routed.is_withdrawal,
        routed.counts_events,
        days.local_date as usage_date,
        days.period_ordinal as service_ordinal,
        greatest(days.period_ordinal, late.period_ordinal) as known_ordinal,
        sum(routed.quantity) as quantity,
        sum(routed.event_count) as event_count
    from routed
    inner join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routed.entity_id
        and days.utc_date = cast(routed.occurred_at as date)
        and days.from_at <= routed.occurred_at
        and days.to_at > routed.occurred_at
    -- only what came after its own period's cut-off needs a look-up
    left join {{ ref('dim_knowledge_days') }} as late
        on late.entity_id = routed.entity_id
        and late.utc_date = case when days.knowledge_cutoff_at < routed.known_at then cast(routed.known_at as date) end
        and late.after_at < routed.known_at
        and late.until_at >= routed.known_at
    group by all
    -- a replay that was alone in its group leaves nothing
    having sum(routed.event_count) <> 0 or sum(routed.quantity) <> 0
),

int_usage_by_day as (
    select
        * exclude (counts_events, quantity, event_count),
        case when counts_events then cast(event_count as decimal(38, 9)) else quantity end as quantity,
        cast(event_count as bigint) as event_count
    from grouped
)

select * from int_usage_by_day

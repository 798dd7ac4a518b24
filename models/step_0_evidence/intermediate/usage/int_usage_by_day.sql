-- One row per line segment, dimensions, day, known period and kind of entry: the only scan-and-group of the events.
--
-- Events that no line answers for are grouped too, under what they cite, so that none is lost.
with

routed as (
    select
        events.*,
        routes.line_segment_number,
        routes.container_segment_number,
        routes.entity_id,
        routes.aggregation,
        greatest(events.recorded_at, routes.routed_at) as known_at
    from {{ ref('int_usage_events__counted') }} as events
    left join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = case
            when events.line_id is not null then 3
            when events.contract_id is not null then 2
            else 1
        end
        and routes.cited_id = coalesce(events.line_id, events.contract_id, events.customer_id)
        and routes.meter_id = events.meter_id
        and events.occurred_at >= routes.from_at
        and events.occurred_at < routes.to_at
        and events.recorded_at >= routes.recorded_from_at
        and events.recorded_at < routes.recorded_until_at
),

int_usage_by_day as (
    select
        routed.line_segment_number,
        routed.container_segment_number,
        routed.dim_1_value,
        routed.dim_2_value,
        routed.non_billable_reason,
        routed.is_withdrawal,
        case
            when routed.line_segment_number is null
                then coalesce(routed.line_id, routed.contract_id, routed.customer_id)
        end as unrouted_cited_id,
        case when routed.line_segment_number is null then routed.meter_id end as unrouted_meter_id,
        days.local_date as usage_date,
        days.period_ordinal as service_ordinal,
        greatest(days.period_ordinal, late.period_ordinal) as known_ordinal,
        sum(case routed.aggregation when 'count' then cast(routed.event_count as decimal(38, 9)) else routed.quantity end) as quantity,
        cast(sum(routed.event_count) as bigint) as event_count
    from routed
    left join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routed.entity_id
        and days.utc_date = cast(routed.occurred_at as date)
        and routed.occurred_at >= days.from_at
        and routed.occurred_at < days.to_at
    -- only what came after its own period's cut-off needs a look-up
    left join {{ ref('dim_knowledge_days') }} as late
        on late.entity_id = routed.entity_id
        and late.utc_date = case when routed.known_at > days.knowledge_cutoff_at then cast(routed.known_at as date) end
        and routed.known_at > late.after_at
        and routed.known_at <= late.until_at
    -- meters that do not add up are measured by int_usage_levels_by_day
    where coalesce(routed.aggregation, 'sum') in ('sum', 'count')
    group by all
    -- a replay that was alone in its group leaves nothing
    having sum(routed.event_count) <> 0 or sum(routed.quantity) <> 0
)

select * from int_usage_by_day

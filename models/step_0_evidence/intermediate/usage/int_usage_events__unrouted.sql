-- One row per readable usage event that no contract line answers for, with the reason.
with

citations as (
    select distinct
        unrouted_cited_id,
        unrouted_meter_id
    from {{ ref('int_usage_by_day') }}
    where unrouted_cited_id is not null and event_count <> 0
),

events as (
    select
        events.*,
        case
            when events.line_id is not null then 3
            when events.contract_id is not null then 2
            else 1
        end as cited_level,
        coalesce(events.line_id, events.contract_id, events.customer_id) as cited_id
    from {{ ref('stg_usage_events') }} as events
    inner join citations
        on citations.unrouted_cited_id = coalesce(events.line_id, events.contract_id, events.customer_id)
        and citations.unrouted_meter_id = events.meter_id
    where events.content_reason is null
        and not events.is_retracted
        and events.recorded_at <= (select as_of from {{ source('state', 'run_context') }})
),

-- What was set aside, or withdrawn since, is told there and not again here.
standing as (
    select events.*
    from events
    left join {{ ref('int_usage_events__set_aside') }} as set_aside
        on set_aside.input_row = events.input_row
        and (set_aside.row_state <> 'accepted' or set_aside.known_until_at is not null)
    left join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = events.cited_level
        and routes.cited_id = events.cited_id
        and routes.meter_id = events.meter_id
        and events.occurred_at >= routes.from_at
        and events.occurred_at < routes.to_at
        and events.recorded_at >= routes.recorded_from_at
        and events.recorded_at < routes.recorded_until_at
    where set_aside.input_row is null
        and routes.cited_id is null
),

contested as (
    select distinct standing.input_row
    from standing
    inner join {{ ref('int_usage_routes__candidates') }} as candidates
        on candidates.cited_level = standing.cited_level
        and candidates.cited_id = standing.cited_id
        and candidates.meter_id = standing.meter_id
        and standing.occurred_at >= candidates.from_at
        and standing.occurred_at < candidates.to_at
        and standing.recorded_at < candidates.known_until_at
),

int_usage_events__unrouted as (
    select
        standing.*,
        case
            when meters.meter_id is null or customers.customer_id is null then 'ORPHAN'
            when contested.input_row is not null then 'AMBIGUOUS_LINE'
            else 'NO_CONTRACT'
        end as reason_code
    from standing
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = standing.meter_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = standing.customer_id
    left join contested on contested.input_row = standing.input_row
)

select * from int_usage_events__unrouted

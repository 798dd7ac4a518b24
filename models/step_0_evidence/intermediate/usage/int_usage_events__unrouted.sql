-- One row per readable usage event that no contract line answers for, with the reason.
with

events as (
    select
        events.* exclude (input_row),
        citations.cited_level,
        citations.cited_id
    from {{ ref('stg_usage_events') }} as events
    inner join {{ ref('int_usage_events__unanswered') }} as citations
        on citations.cited_id = coalesce(events.line_id, events.contract_id, events.customer_id)
        and citations.meter_id = events.meter_id
        and citations.cited_level = case
            when events.line_id is not null then 3
            when events.contract_id is not null then 2
            else 1
        end
    where
        events.content_reason is null
        and not events.is_retracted
        and events.recorded_at <= (select as_of from {{ source('state', 'run_context') }})
),

unanswered as (
    select
        events.* exclude (_file_id, _row_number),
        {{ input_row('events') }} as input_row
    from events
    left join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = events.cited_level
        and routes.cited_id = events.cited_id
        and routes.meter_id = events.meter_id
        and routes.from_at <= events.occurred_at
        and routes.to_at > events.occurred_at
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
    where routes.cited_id is null
),

-- What was set aside as repeated or unreadable is told there and not again here.
standing as (
    select
        unanswered.*,
        set_aside.known_until_at is not null as is_withdrawn
    from unanswered
    left join {{ ref('int_usage_events__set_aside') }} as set_aside on set_aside.input_row = unanswered.input_row
    where coalesce(set_aside.row_state, 'accepted') = 'accepted'
),

contested as (
    select distinct standing.input_row
    from standing
    inner join {{ ref('int_usage_routes__candidates') }} as candidates
        on candidates.cited_level = standing.cited_level
        and candidates.cited_id = standing.cited_id
        and candidates.meter_id = standing.meter_id
        and candidates.from_at <= standing.occurred_at
        and candidates.to_at > standing.occurred_at
        and candidates.known_until_at > standing.recorded_at
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

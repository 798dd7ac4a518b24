-- One row per readable usage event that no contract line answers for, with the reason.
with

unanswered as (
    select events.*
    from {{ ref('int_usage_events__unanswered') }} as events
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = events.route_key
        and routes.from_at <= {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.to_at > {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
    where routes.route_key is null
),

-- What was set aside as repeated or unreadable is told there and not again here; what was not yet
-- known when its file was read is known by now.
standing as (
    select
        unanswered.*,
        set_aside.known_until_at is not null as is_withdrawn
    from unanswered
    left join {{ ref('int_usage_events__set_aside') }} as set_aside on set_aside.input_row = unanswered.input_row
    where coalesce(set_aside.row_state, 'accepted') = 'accepted'

    union all by name

    select
        late.* exclude (key_hash, is_grouped, is_candidate, known_until_at, reason_code, row_state),
        {{ cited_route_key('late') }} as route_key,
        late.known_until_at is not null as is_withdrawn
    from {{ ref('int_usage_events__set_aside') }} as late
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = {{ cited_route_key('late') }}
        and routes.from_at <= {{ instant('occurred_at', 'routes.time_zone', 'late') }}
        and routes.to_at > {{ instant('occurred_at', 'routes.time_zone', 'late') }}
        and routes.recorded_from_at <= late.recorded_at
        and routes.recorded_until_at > late.recorded_at
    where
        late.row_state = 'accepted'
        and not late.is_retracted
        and not late.is_grouped
        and routes.route_key is null
),

contested as (
    select distinct standing.input_row
    from standing
    inner join {{ ref('int_usage_routes__candidates') }} as candidates
        on candidates.cited_id = coalesce(standing.line_id, standing.contract_id, standing.customer_id)
        and candidates.meter_id = standing.meter_id
        and candidates.cited_level = case
            when standing.line_id is not null then 3
            when standing.contract_id is not null then 2
            else 1
        end
        and candidates.from_at <= {{ instant('occurred_at', 'candidates.time_zone', 'standing') }}
        and candidates.to_at > {{ instant('occurred_at', 'candidates.time_zone', 'standing') }}
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

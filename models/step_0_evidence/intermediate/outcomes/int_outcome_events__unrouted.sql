-- One row per outcome event that no contract line answers for, with the reason.
with

waiting as (
    select * from {{ ref('int_outcome_events__placed') }}
    where line_segment_number is null and known_until_at is null
),

-- Several lines are near, and none is nearest.
contested as (
    select waiting.input_row
    from waiting
    inner join {{ ref('int_usage_routes__candidates') }} as candidates
        on candidates.cited_id = coalesce(waiting.cited_line_id, waiting.cited_contract_id, waiting.customer_id)
        and candidates.meter_id = waiting.meter_id
        and candidates.cited_level = case
            when waiting.cited_line_id is not null then 3
            when waiting.cited_contract_id is not null then 2
            else 1
        end
        and candidates.from_at <= waiting.happened_at
        and candidates.to_at > waiting.happened_at
    group by waiting.input_row
    having count(distinct candidates.line_id) > 1
),

int_outcome_events__unrouted as (
    select
        waiting.input_row,
        waiting.outcome_event_id,
        case when contested.input_row is not null then 'AMBIGUOUS_LINE' else 'NO_CONTRACT' end as reason_code
    from waiting
    left join contested on contested.input_row = waiting.input_row
)

select * from int_outcome_events__unrouted

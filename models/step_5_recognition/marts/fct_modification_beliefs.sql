-- One row per book, contract event that changed the terms of fees, obligation and closes that believed so: from the price before to what remains after (D12, I28).
--
-- Price before - recognised before = remaining before; + change of price - catch-up = remaining
-- after. A change that is prospective, or separate, catches nothing up. What was deferred for a right
-- whose exercise is the change is part of the price before it.
with

steps as (
    select
        steps.*,
        remaining.amount,
        remaining.earned_before,
        remaining.catch_up,
        members.contract_id,
        members.entity_id,
        members.known_to_ordinal,
        members.segment_from_date,
        lag(steps.price_at_end, 1, 0) over (
            partition by steps.pool_id, steps.component, steps.known_from_ordinal, steps.member_id order by steps.segment_position
        ) as price_before
    from {{ ref('int_segments__steps') }} as steps
    inner join {{ ref('int_segments__remaining') }} as remaining
        on remaining.pool_id = steps.pool_id
        and remaining.component = steps.component
        and remaining.known_from_ordinal = steps.known_from_ordinal
        and remaining.segment_position = steps.segment_position
        and remaining.member_id = steps.member_id
    inner join {{ ref('int_segments__members') }} as members
        on members.pool_id = steps.pool_id
        and members.component = steps.component
        and members.known_from_ordinal = steps.known_from_ordinal
        and members.segment_position = steps.segment_position
        and members.strand_id = steps.strand_id
    -- what is conceded for the past is no part of what goes on
    where steps.component <> 'concession'
),

measured as (
    select
        *,
        case
            -- nothing of what came with the event was earned before it
            when segment_position = 0 then price_at_start
            -- what is measured anew was shared out as a whole
            when is_cumulative then amount - earned_before - catch_up
            else amount
        end as remaining_after
    from steps
),

-- Pools of agreements that are one contract learn at their own closes: their rows are cut at all of them.
pool_closes as (
    select distinct
        contracts.contract_group_id,
        measured.known_from_ordinal
    from measured
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = measured.contract_id
),

closes as (
    select
        contract_group_id,
        known_from_ordinal,
        lead(known_from_ordinal, 1, 999999) over (partition by contract_group_id order by known_from_ordinal) as known_to_ordinal
    from pool_closes
),

bridged as (
    select
        measured.obligation_id,
        events.contract_event_id,
        closes.known_from_ordinal,
        closes.known_to_ordinal,
        min(measured.segment_from_date) as segment_from_date,
        bool_or(not measured.is_shared) as is_open_ended,
        bool_or(events.ends_contract) as ends_contract,
        sum(measured.price_before) as price_before,
        sum(measured.earned_before) as recognised_before,
        sum(measured.price_at_start) as price_after,
        sum(measured.catch_up) as catch_up,
        sum(measured.remaining_after) as remaining_after
    from measured
    inner join {{ ref('int_segments__events') }} as events
        on events.pool_id = measured.pool_id
        and events.known_from_ordinal = measured.known_from_ordinal
        and events.segment_position = measured.segment_position
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = measured.contract_id
    inner join closes
        on closes.contract_group_id = contracts.contract_group_id
        and closes.known_from_ordinal >= measured.known_from_ordinal
        and closes.known_from_ordinal < measured.known_to_ordinal
    group by measured.obligation_id, events.contract_event_id, closes.known_from_ordinal, closes.known_to_ordinal
),

joined_rights as (
    select
        bridged.obligation_id,
        bridged.contract_event_id,
        bridged.known_from_ordinal,
        sum(rights.amount) as amount
    from bridged
    inner join {{ ref('fct_joined_rights') }} as rights
        on rights.obligation_id = bridged.obligation_id
        and rights.contract_event_id = bridged.contract_event_id
        and rights.known_from_ordinal <= bridged.known_from_ordinal
        and rights.known_to_ordinal > bridged.known_from_ordinal
    group by bridged.obligation_id, bridged.contract_event_id, bridged.known_from_ordinal
),

completed as (
    select bridged.* replace (bridged.price_before + coalesce(joined_rights.amount, 0) as price_before)
    from bridged
    left join joined_rights
        on joined_rights.obligation_id = bridged.obligation_id
        and joined_rights.contract_event_id = bridged.contract_event_id
        and joined_rights.known_from_ordinal = bridged.known_from_ordinal
),

fct_modification_beliefs as (
    select
        books.book,
        obligations.entity_id,
        obligations.contract_id,
        completed.contract_event_id,
        completed.obligation_id,
        contracts.currency,
        completed.known_from_ordinal,
        completed.known_to_ordinal,
        completed.segment_from_date,
        completed.is_open_ended,
        completed.ends_contract,
        cast(completed.price_before as decimal(38, 18)) as price_before_amount,
        cast(completed.recognised_before as decimal(38, 18)) as recognised_before_amount,
        cast(completed.price_before - completed.recognised_before as decimal(38, 18)) as remaining_before_amount,
        cast(completed.price_after - completed.price_before as decimal(38, 18)) as price_change_amount,
        cast(completed.price_after as decimal(38, 18)) as price_after_amount,
        cast(completed.catch_up as decimal(38, 18)) as catch_up_amount,
        cast(completed.remaining_after as decimal(38, 18)) as remaining_after_amount
    from completed
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = completed.obligation_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = obligations.contract_id
    -- before it is a contract nothing of it is modified
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = obligations.contract_id
        and gates.gate_ordinal < completed.known_to_ordinal
        and gates.until_ordinal >= completed.known_to_ordinal
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
)

select * from fct_modification_beliefs

-- One row per book, contract event that changed the terms of fees and obligation: from the price before to the price after, and to what remains (D12, I28).
--
-- As last believed. Price before - recognised before = remaining before; + change of price -
-- catch-up = remaining after. A change that is prospective, or separate, catches nothing up.
with

steps as (
    select
        steps.*,
        remaining.amount,
        remaining.earned_before,
        remaining.catch_up,
        members.contract_id,
        members.entity_id,
        members.segment_from_date,
        members.governed_by_segment_number,
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
    where
        members.known_to_ordinal = 999999
        -- what is conceded for the past is no part of what goes on
        and steps.component <> 'concession'
),

-- Two events on one day are one segment of the pool, named by the later; what came separately begins with its event.
events as (
    select
        steps.pool_id,
        steps.segment_position,
        bool_or(segments.is_termination) as ends_contract,
        max_by(segments.contract_event_id, segments.segment_number * 10 + case when segments.strand_id = segments.obligation_id then 0 else 1 end) as contract_event_id
    from (
        select distinct
            pool_id,
            strand_id,
            segment_position,
            segment_from_date,
            governed_by_segment_number
        from steps
    ) as steps
    inner join {{ ref('fct_term_segments') }} as segments
        on segments.strand_id = steps.strand_id
        and segments.known_to_ordinal = 999999
        and segments.segment_number = steps.governed_by_segment_number
        and segments.contract_event_id is not null
        and (segments.segment_from_date = steps.segment_from_date or steps.segment_position = 0)
    group by steps.pool_id, steps.segment_position
),

bridged as (
    select
        steps.entity_id,
        steps.contract_id,
        steps.obligation_id,
        events.contract_event_id,
        min(steps.segment_from_date) as segment_from_date,
        bool_or(not steps.is_shared) as is_open_ended,
        bool_or(events.ends_contract) as ends_contract,
        sum(steps.price_before) as price_before,
        sum(steps.earned_before) as recognised_before,
        sum(steps.price_at_start) as price_after,
        sum(steps.catch_up) as catch_up,
        -- what is measured anew was shared out as a whole
        sum(case when steps.is_cumulative then steps.amount - steps.earned_before - steps.catch_up else steps.amount end) as remaining_after
    from steps
    inner join events
        on events.pool_id = steps.pool_id
        and events.segment_position = steps.segment_position
    group by steps.entity_id, steps.contract_id, steps.obligation_id, events.contract_event_id
),

fct_modification_bridge as (
    select
        books.book,
        bridged.entity_id,
        bridged.contract_id,
        bridged.contract_event_id,
        bridged.obligation_id,
        contracts.currency,
        bridged.segment_from_date,
        bridged.is_open_ended,
        bridged.ends_contract,
        cast(bridged.price_before as decimal(38, 18)) as price_before_amount,
        cast(bridged.recognised_before as decimal(38, 18)) as recognised_before_amount,
        cast(bridged.price_before - bridged.recognised_before as decimal(38, 18)) as remaining_before_amount,
        cast(bridged.price_after - bridged.price_before as decimal(38, 18)) as price_change_amount,
        cast(bridged.price_after as decimal(38, 18)) as price_after_amount,
        cast(bridged.catch_up as decimal(38, 18)) as catch_up_amount,
        cast(bridged.remaining_after as decimal(38, 18)) as remaining_after_amount
    from bridged
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = bridged.contract_id
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = bridged.contract_id
        and gates.until_ordinal = 999999
        and gates.gate_ordinal is not null
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
)

select * from fct_modification_bridge

-- One row per pool of changed fees, belief and segment that a contract event began: the event, and whether it ends the contract.
--
-- Two events on one day are one segment of the pool, named by the later. What came with an event
-- as an obligation of its own begins with it: its first segment is the event's.
with

members as (
    select distinct
        pool_id,
        known_from_ordinal,
        strand_id,
        segment_position,
        segment_from_date,
        governed_by_segment_number
    from {{ ref('int_segments__members') }}
),

int_segments__events as (
    select
        members.pool_id,
        members.known_from_ordinal,
        members.segment_position,
        bool_or(segments.is_termination) as ends_contract,
        max_by(
            segments.contract_event_id,
            segments.segment_number * 10 + case when segments.strand_id = segments.obligation_id then 0 else 1 end
        ) as contract_event_id
    from members
    inner join {{ ref('fct_term_segments') }} as segments
        on segments.strand_id = members.strand_id
        and segments.known_from_ordinal <= members.known_from_ordinal
        and segments.known_to_ordinal > members.known_from_ordinal
        and segments.segment_number = members.governed_by_segment_number
        and segments.contract_event_id is not null
        and (segments.segment_from_date = members.segment_from_date or members.segment_position = 0)
    group by members.pool_id, members.known_from_ordinal, members.segment_position
)

select * from int_segments__events

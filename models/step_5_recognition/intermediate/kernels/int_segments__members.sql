-- One row per pool of changed fees, belief, segment, strand and component: which terms of the strand govern the segment.
--
-- Price moves between all members of a pool, so a change of one of them cuts all. Two changes on
-- one day are one cut.
with

beliefs as (
    select * from {{ ref('int_segments__beliefs') }}
),

strands as (
    select distinct
        beliefs.pool_id,
        fees.contract_id,
        fees.entity_id,
        beliefs.known_from_ordinal,
        beliefs.known_to_ordinal,
        beliefs.arrived_family,
        beliefs.replaced_family,
        fees.obligation_id,
        fees.strand_id,
        fees.pattern,
        fees.component,
        fees.segment_number,
        fees.last_segment_number,
        fees.segment_from_date,
        fees.segment_to_date
    from beliefs
    inner join {{ ref('fct_allocated_fees') }} as fees
        on fees.pool_id = beliefs.pool_id
        and fees.believed_from_ordinal <= beliefs.known_from_ordinal
        and fees.known_to_ordinal > beliefs.known_from_ordinal
),

-- What an event added to a pool that was there before joins it at the event.
joined as (
    select distinct
        strands.pool_id,
        strands.known_from_ordinal,
        strands.strand_id,
        segments.segment_from_date
    from strands
    inner join {{ ref('fct_term_segments') }} as segments
        on segments.strand_id = strands.strand_id
        and segments.known_from_ordinal <= strands.known_from_ordinal
        and segments.known_to_ordinal > strands.known_from_ordinal
        and segments.segment_number = 0
        and segments.contract_event_id is not null
    where strands.pool_id <> strands.strand_id
),

-- A segment that prices nothing any more is known from the one before it.
own_segments as (
    select
        pool_id,
        known_from_ordinal,
        strand_id,
        segment_number,
        segment_from_date
    from strands
    where segment_number > 0

    union

    select
        pool_id,
        known_from_ordinal,
        strand_id,
        segment_number + 1 as segment_number,
        segment_to_date as segment_from_date
    from strands
    where segment_number < last_segment_number

    union

    select
        pool_id,
        known_from_ordinal,
        strand_id,
        0 as segment_number,
        segment_from_date
    from joined
),

cuts as (
    select distinct
        pool_id,
        known_from_ordinal,
        segment_from_date
    from own_segments

    union all

    select
        pool_id,
        known_from_ordinal,
        cast(null as date) as segment_from_date
    from beliefs
),

segments as (
    select
        *,
        cast(row_number() over in_order - 1 as integer) as segment_position,
        lead(segment_from_date) over in_order as segment_to_date
    from cuts
    window in_order as (partition by pool_id, known_from_ordinal order by segment_from_date nulls first)
),

members as (
    select distinct
        pool_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        obligation_id,
        strand_id,
        pattern,
        component
    from strands
),

int_segments__members as (
    select
        members.*,
        segments.segment_position,
        segments.segment_from_date,
        segments.segment_to_date,
        coalesce(max(own_segments.segment_number), 0) as governed_by_segment_number
    from members
    inner join segments
        on segments.pool_id = members.pool_id
        and segments.known_from_ordinal = members.known_from_ordinal
    left join own_segments
        on own_segments.pool_id = members.pool_id
        and own_segments.known_from_ordinal = members.known_from_ordinal
        and own_segments.strand_id = members.strand_id
        and own_segments.segment_from_date <= segments.segment_from_date
    left join joined
        on joined.pool_id = members.pool_id
        and joined.known_from_ordinal = members.known_from_ordinal
        and joined.strand_id = members.strand_id
    where coalesce(segments.segment_from_date >= joined.segment_from_date, joined.strand_id is null)
    group by all
)

select * from int_segments__members

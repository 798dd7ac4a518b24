-- One row per modified fee spread by days (pool, strand and component), segment and belief: what its terms price, and the days on which what remains is earned.
--
-- Segment 0 is earned as allocated. At the start of a later one, what remains of the price is spread
-- over what remains of the time (D12 PROSPECTIVE; ASC 606-10-25-13(a), IFRS 15.21(a)). Of terms
-- without an end only the interval in progress remains: the ones after it are earned as stated.
with

pieces as (
    select * from {{ ref('fct_allocated_fees') }}
    where
        pattern in {{ patterns_by_day() }}
        and to_date > from_date
),

-- Work passes by days for as long as its measure is time.
members as (
    select
        members.*,
        coalesce(members.segment_from_date >= pools.shared_from_date, pools.shared_from_date is null) as is_shared
    from {{ ref('int_segments__members') }} as members
    left join {{ ref('int_progress__measures') }} as measures
        on measures.obligation_id = members.obligation_id
        and measures.known_from_ordinal <= members.known_from_ordinal
        and measures.known_to_ordinal > members.known_from_ordinal
    left join (
        select distinct
            pool_id,
            known_from_ordinal,
            known_to_ordinal,
            shared_from_date
        from {{ ref('fct_allocation_shares') }}
        where shared_from_date is not null
    ) as pools
        on pools.pool_id = members.pool_id
        and pools.known_from_ordinal <= members.known_from_ordinal
        and pools.known_to_ordinal > members.known_from_ordinal
    where
        members.pattern in {{ patterns_by_day() }}
        and coalesce(measures.measure, 'time') = 'time'
),

measured as (
    select
        members.*,
        coalesce(bool_or(pieces.segment_is_open), false) as is_open,
        coalesce(bool_or(pieces.ends_contract), false) as ends_contract,
        coalesce(sum(pieces.stated_amount), 0) as price,
        coalesce(sum(pieces.standalone_amount), 0) as standalone_whole,
        coalesce(sum({{ share_by_date('pieces.stated_amount', 'pieces.from_date', 'pieces.to_date', 'members.segment_from_date') }}), 0) as price_before,
        coalesce(sum({{ share_by_date('pieces.stated_amount', 'pieces.from_date', 'pieces.to_date', 'members.segment_to_date') }}), 0) as price_until_next,
        coalesce(sum({{ share_by_date('pieces.standalone_amount', 'pieces.from_date', 'pieces.to_date', 'members.segment_from_date') }}), 0) as standalone_before,
        coalesce(sum({{ share_by_date('pieces.allocated_amount', 'pieces.from_date', 'pieces.to_date', 'members.segment_from_date') }}), 0) as allocated_before,
        coalesce(sum({{ share_by_date('pieces.allocated_amount', 'pieces.from_date', 'pieces.to_date', 'members.segment_to_date') }}), 0) as allocated_until_next,
        min(case when pieces.to_date > members.segment_from_date then pieces.from_date end) as first_date,
        max(pieces.to_date) as last_date,
        max(case
            when pieces.from_date <= members.segment_from_date and pieces.to_date > members.segment_from_date then pieces.to_date
        end) as interval_ends_date,
        -- a common interval is the unit in which the remaining time is counted, else the day
        count(distinct case
            when pieces.amount_interval <> 'once' and pieces.to_date > members.segment_from_date then pieces.amount_interval
        end) as interval_kinds,
        min(case
            when pieces.amount_interval <> 'once' and pieces.to_date > members.segment_from_date then pieces.amount_interval
        end) as amount_interval,
        min(case
            when pieces.amount_interval <> 'once' and pieces.to_date > members.segment_from_date then pieces.first_interval_date
        end) as first_interval_date
    from members
    left join pieces
        on {{ fees_of_segment('pieces', 'members') }}
    group by all
),

described as (
    select
        pool_id,
        component,
        obligation_id,
        strand_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        segment_position,
        governed_by_segment_number,
        segment_from_date,
        segment_to_date,
        is_open,
        is_shared,
        -- what the terms of the segment say was to be earned by the end of its remaining days
        cast(case
            when segment_position = 0 then 0
            when is_open then price_before
            else price
        end as decimal(38, 18)) as price,
        -- the price agreed when the segment begins and when it ends: of terms without an end, what their days until then cost
        cast(case when is_open then price_before else price end as decimal(38, 18)) as price_at_start,
        cast(case when is_open then price_until_next else price end as decimal(38, 18)) as price_at_end,
        -- what is earned as stated within the segment
        cast(case
            when segment_position = 0 then allocated_until_next
            when is_open then allocated_until_next - allocated_before
            else 0
        end as decimal(38, 18)) as earned_as_stated,
        cast(standalone_whole - standalone_before as decimal(38, 18)) as standalone_left,
        cast(standalone_whole as decimal(38, 18)) as standalone_whole,
        case
            when ends_contract then cast(segment_from_date - interval 1 day as date)
            when is_open then segment_from_date
            when last_date > segment_from_date then greatest(segment_from_date, first_date)
            else segment_from_date
        end as remaining_from_date,
        case
            when ends_contract then segment_from_date
            when is_open and interval_ends_date is not null then interval_ends_date
            when not is_open and last_date > segment_from_date then last_date
            else cast(segment_from_date + interval 1 day as date)
        end as remaining_to_date,
        case when interval_kinds = 1 and not is_open and not ends_contract then amount_interval end as amount_interval,
        first_interval_date
    from measured
),

int_segments as (
    select * replace (case when first_interval_date <= remaining_from_date then amount_interval end as amount_interval)
    from described
)

select * from int_segments

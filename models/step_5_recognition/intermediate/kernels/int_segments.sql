-- One row per modified obligation spread by days, segment and belief: what its terms price, and the days on which what remains is earned.
--
-- Segment 0 is earned as stated. At the start of a later one, what remains of the price is spread
-- over what remains of the time (D12 PROSPECTIVE; ASC 606-10-25-13(a), IFRS 15.21(a)). Of terms
-- without an end only the interval in progress remains: the ones after it are earned as stated.
with

pieces as (
    select * from {{ ref('fct_allocated_fees') }}
    where
        pattern in {{ patterns_by_day() }}
        and last_segment_number > 0
        and to_date > from_date
),

-- A segment that prices nothing any more is known from the one before it.
known_segments as (
    select
        obligation_id,
        contract_id,
        entity_id,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        segment_number,
        segment_from_date
    from pieces

    union

    select
        obligation_id,
        contract_id,
        entity_id,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        segment_number + 1 as segment_number,
        segment_to_date as segment_from_date
    from pieces
    where segment_number < last_segment_number

    union

    select
        obligation_id,
        contract_id,
        entity_id,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        0 as segment_number,
        cast(null as date) as segment_from_date
    from pieces
),

segments as (
    select
        *,
        lead(segment_from_date) over (
            partition by obligation_id, believed_from_ordinal order by segment_number
        ) as segment_to_date,
        cast(row_number() over (
            partition by obligation_id, believed_from_ordinal order by segment_number
        ) - 1 as integer) as segment_position
    from known_segments
),

measured as (
    select
        segments.obligation_id,
        segments.contract_id,
        segments.entity_id,
        segments.believed_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        segments.segment_number,
        segments.segment_position,
        segments.segment_from_date,
        segments.segment_to_date,
        coalesce(bool_or(pieces.segment_is_open), false) as is_open,
        coalesce(bool_or(pieces.ends_contract), false) as ends_contract,
        coalesce(sum(pieces.allocated_amount), 0) as price,
        coalesce(sum(
            {{ share_of('pieces.allocated_amount', days_between('pieces.from_date', 'greatest(pieces.from_date, least(pieces.to_date, coalesce(segments.segment_from_date, pieces.from_date)))'), days_between('pieces.from_date', 'pieces.to_date')) }}
        ), 0) as price_before,
        coalesce(sum(
            {{ share_of('pieces.allocated_amount', days_between('pieces.from_date', 'greatest(pieces.from_date, least(pieces.to_date, coalesce(segments.segment_to_date, pieces.from_date)))'), days_between('pieces.from_date', 'pieces.to_date')) }}
        ), 0) as price_until_next,
        min(case when pieces.to_date > segments.segment_from_date then pieces.from_date end) as first_date,
        max(pieces.to_date) as last_date,
        max(case
            when pieces.from_date <= segments.segment_from_date and pieces.to_date > segments.segment_from_date then pieces.to_date
        end) as interval_ends_date,
        -- a common interval is the unit in which the remaining time is counted, else the day
        count(distinct case
            when pieces.amount_interval <> 'once' and pieces.to_date > segments.segment_from_date then pieces.amount_interval
        end) as interval_kinds,
        min(case
            when pieces.amount_interval <> 'once' and pieces.to_date > segments.segment_from_date then pieces.amount_interval
        end) as amount_interval,
        min(case
            when pieces.amount_interval <> 'once' and pieces.to_date > segments.segment_from_date then pieces.first_interval_date
        end) as first_interval_date
    from segments
    left join pieces
        on pieces.obligation_id = segments.obligation_id
        and pieces.believed_from_ordinal = segments.believed_from_ordinal
        and pieces.segment_number = segments.segment_number
    group by all
),

described as (
    select
        obligation_id,
        contract_id,
        entity_id,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        segment_number,
        segment_position,
        segment_from_date,
        segment_to_date,
        is_open,
        -- what the terms of the segment say was to be earned by the end of its remaining days
        cast(case
            when segment_number = 0 then 0
            when is_open then price_before
            else price
        end as decimal(38, 18)) as price,
        -- what is earned as stated within the segment
        cast(case
            when segment_number = 0 then price_until_next
            when is_open then price_until_next - price_before
            else 0
        end as decimal(38, 18)) as earned_as_stated,
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

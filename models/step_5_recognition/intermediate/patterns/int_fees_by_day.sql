-- One row per version of a fee priced by days, set of books, stretch of days and belief: what it prices, and which of its days are earned under it.
--
-- Each segment of a modified obligation earns until the next one begins; what remained of the
-- price when it began is earned over its remaining days.
with

segments as (
    select * from {{ ref('int_segments') }}
),

unchanged as (
    select
        entity_id,
        contract_id,
        obligation_id,
        strand_id,
        line_id,
        component,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        from_date,
        to_date,
        cast(null as date) as earned_from_date,
        cast(null as date) as earned_to_date,
        pattern = 'progress' as follows_reports,
        allocated_amount as amount
    from {{ ref('fct_allocated_fees') }}
    where
        pattern in {{ patterns_by_day() }}
        and to_date > from_date
        and pool_id not in (select pool_id from {{ ref('int_segments__beliefs') }})
),

-- A first segment, and the intervals of terms without an end, are earned as stated.
stated as (
    select
        segments.entity_id,
        segments.contract_id,
        segments.obligation_id,
        segments.strand_id,
        fees.line_id,
        segments.component,
        'both' as book_scope,
        greatest(fees.known_from_ordinal, segments.known_from_ordinal) as known_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        fees.from_date,
        fees.to_date,
        segments.segment_from_date as earned_from_date,
        segments.segment_to_date as earned_to_date,
        fees.pattern = 'progress' as follows_reports,
        fees.allocated_amount as amount
    from segments
    inner join {{ ref('fct_allocated_fees') }} as fees
        on {{ fees_of_segment('fees', 'segments') }}
        and fees.known_from_ordinal < segments.known_to_ordinal
    where
        fees.pattern in {{ patterns_by_day() }}
        and fees.to_date > fees.from_date
        and (segments.segment_position = 0 or segments.is_open)
),

remaining as (
    select
        segments.entity_id,
        segments.contract_id,
        segments.obligation_id,
        segments.strand_id,
        cast(null as varchar) as line_id,
        segments.component,
        'both' as book_scope,
        segments.known_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        days.from_date,
        days.to_date,
        cast(null as date) as earned_from_date,
        segments.segment_to_date as earned_to_date,
        true as follows_reports,
        {{ share_of_measure('remaining.amount', 'days.weight_before + days.weight', 'days.whole_weight') }}
        - {{ share_of_measure('remaining.amount', 'days.weight_before', 'days.whole_weight') }} as amount
    from {{ ref('int_segments__remaining') }} as remaining
    inner join segments
        on segments.pool_id = remaining.pool_id
        and segments.component = remaining.component
        and segments.known_from_ordinal = remaining.known_from_ordinal
        and segments.segment_position = remaining.segment_position
        and segments.strand_id = remaining.member_id
    inner join {{ ref('int_segments__days') }} as days
        on days.pool_id = segments.pool_id
        and days.component = segments.component
        and days.strand_id = segments.strand_id
        and days.known_from_ordinal = segments.known_from_ordinal
        and days.segment_position = segments.segment_position
    where
        remaining.amount <> 0
        and days.from_date < coalesce(segments.segment_to_date, days.to_date)
),

fees as (
    select * from unchanged
    union all
    select * from stated
    union all
    select * from remaining
),

-- Work whose measure is time passes by days until something else is reported of it.
int_fees_by_day as (
    select
        fees.* replace (
            greatest(fees.known_from_ordinal, coalesce(measures.known_from_ordinal, 0)) as known_from_ordinal,
            least(fees.known_to_ordinal, coalesce(measures.known_to_ordinal, 999999)) as known_to_ordinal,
            case when measures.known_from_ordinal > fees.known_from_ordinal then measures.arrived_family else fees.arrived_family end as arrived_family,
            case when measures.known_to_ordinal < fees.known_to_ordinal then measures.replaced_family else fees.replaced_family end as replaced_family
        )
    from fees
    left join {{ ref('int_progress__measures') }} as measures
        on fees.follows_reports
        and measures.obligation_id = fees.obligation_id
        and measures.known_from_ordinal < fees.known_to_ordinal
        and measures.known_to_ordinal > fees.known_from_ordinal
    where coalesce(measures.measure, 'time') = 'time'
)

select * from int_fees_by_day

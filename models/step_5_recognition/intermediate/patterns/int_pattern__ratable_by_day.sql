-- One row per fee interval, set of books and version: a belief about a fee that is earned day by day (D5 OT_CONSUME; E = A x d / D).
--
-- Each segment of a modified obligation earns until the next one begins; what remained of the
-- price when it began is earned over its remaining days.
with

-- A first segment, and the intervals of terms without an end, are earned as stated.
stated as (
    select
        entity_id,
        contract_id,
        obligation_id,
        line_id,
        component,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        from_date,
        to_date,
        case when segment_number > 0 then segment_from_date end as earned_from_date,
        segment_to_date as earned_to_date,
        allocated_amount as amount
    from {{ ref('fct_allocated_fees') }}
    where
        pattern = 'ratable_by_day'
        and to_date > from_date
        and (segment_number = 0 or segment_is_open)
),

remaining as (
    select
        segments.entity_id,
        segments.contract_id,
        segments.obligation_id,
        cast(null as varchar) as line_id,
        'fee' as component,
        'both' as book_scope,
        segments.believed_from_ordinal as known_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        days.from_date,
        days.to_date,
        cast(null as date) as earned_from_date,
        segments.segment_to_date as earned_to_date,
        {{ share_of('remaining.remaining', 'days.weight_before + days.weight', 'days.whole_weight') }}
        - {{ share_of('remaining.remaining', 'days.weight_before', 'days.whole_weight') }} as amount
    from {{ ref('int_segments__remaining') }} as remaining
    inner join {{ ref('int_segments') }} as segments
        on segments.obligation_id = remaining.pool_id
        and segments.believed_from_ordinal = remaining.believed_from_ordinal
        and segments.segment_position = remaining.segment_position
    inner join {{ ref('int_segments__days') }} as days
        on days.obligation_id = segments.obligation_id
        and days.believed_from_ordinal = segments.believed_from_ordinal
        and days.segment_number = segments.segment_number
    where
        remaining.pooled_by = 'obligation'
        and remaining.remaining <> 0
        and days.from_date < coalesce(segments.segment_to_date, days.to_date)
),

fees as (
    select * from stated
    union all
    select * from remaining
),

int_pattern__ratable_by_day as (
    select
        gates.book_scope,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.line_id,
        case fees.component when 'fee' then 'platform' else fees.component end as component,
        'D5.RATABLE_BY_DAY' as rule_code,
        greatest(fees.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
        -- what was corrected before the agreement became a contract arrives with the contract
        case when gates.gate_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when gates.until_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family,
        fees.from_date,
        fees.to_date,
        greatest(fees.from_date, coalesce(fees.earned_from_date, fees.from_date)) as earned_from_date,
        least(fees.to_date, coalesce(fees.earned_to_date, fees.to_date)) as earned_to_date,
        fees.amount
    from fees
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = fees.contract_id
        and fees.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    where greatest(fees.from_date, coalesce(fees.earned_from_date, fees.from_date)) < least(fees.to_date, coalesce(fees.earned_to_date, fees.to_date))
)

select * from int_pattern__ratable_by_day

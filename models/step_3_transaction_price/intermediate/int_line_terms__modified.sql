-- One row per part of a line of a modified obligation, segment of its strand, version that prices it and closes that believed so.
--
-- A segment is priced by every version up to its own: an amount per interval from its event's
-- effect until the next one's, an amount stated once as the new total, whatever was stated before.
with

segments as (
    select * from {{ ref('int_line_terms__segments') }}
),

-- A segment lasts until the next one of its strand begins.
strand_segments as (
    select
        strand_id,
        known_from_ordinal,
        segment_number,
        is_termination,
        segment_from_at,
        lead(segment_from_at) over segment_order as segment_to_at,
        max(segment_number) over (partition by strand_id, known_from_ordinal) as last_segment_number
    from (
        select distinct
            strand_id,
            known_from_ordinal,
            segment_number,
            is_termination,
            segment_from_at
        from segments
    ) as distinct_segments
    window segment_order as (partition by strand_id, known_from_ordinal order by segment_number)
),

versions as (
    select * from segments
    where is_changed and not is_termination
),

priced as (
    select
        versions.* exclude (segment_number, is_termination, is_changed, effective_at, segment_from_at),
        versions.segment_number as version_number,
        versions.effective_at as priced_from_at,
        strand_segments.segment_number,
        strand_segments.last_segment_number,
        strand_segments.is_termination,
        case when strand_segments.segment_number > 0 then strand_segments.segment_from_at end as segment_from_at,
        strand_segments.segment_to_at,
        min(versions.effective_at) over later as priced_to_at,
        strand_segments.segment_number = min(versions.segment_number) over (
            partition by versions.part_id, versions.known_from_ordinal
        ) as is_first_segment,
        coalesce(bool_or(versions.amount_interval = 'once') over later, false) as is_restated,
        versions.segment_number = max(versions.segment_number) over (
            partition by versions.part_id, versions.known_from_ordinal, strand_segments.segment_number
        ) as governs_segment
    from strand_segments
    inner join versions
        on versions.strand_id = strand_segments.strand_id
        and versions.known_from_ordinal = strand_segments.known_from_ordinal
        and versions.segment_number <= strand_segments.segment_number
    window later as (
        partition by versions.part_id, versions.known_from_ordinal, strand_segments.segment_number
        order by versions.segment_number desc
        rows between unbounded preceding and 1 preceding
    )
),

ended as (
    select
        * replace (
            case
                when is_termination then least(coalesce(agreed_end_at, segment_from_at), segment_from_at)
                else service_end_at
            end as service_end_at
        ),
        is_termination
        and coalesce(agreed_end_at > segment_from_at, true)
        and coalesce(priced_to_at > segment_from_at, true) as is_terminated,
        bool_or(governs_segment and not is_termination and agreed_end_at is null) over (
            partition by strand_id, known_from_ordinal, segment_number
        ) as segment_is_open,
        bool_or(governs_segment and not is_termination and agreed_end_at is null and segment_number = last_segment_number) over (
            partition by strand_id, known_from_ordinal
        ) as is_open_ended
    from priced
    where
        not is_restated
        -- what had not begun when the contract ended is not part of it any more
        and (not is_termination or service_start_at < segment_from_at)
),

-- A contract that ended with all its money back leaves its lines without a price.
refunded as (
    select
        * replace (
            case
                when termination_refund_kind = 'full' and bool_or(is_terminated) over (
                    partition by part_id, known_from_ordinal, segment_number
                ) then cast(0 as decimal(38, 9))
                else fixed_amount
            end as fixed_amount
        )
    from ended
),

int_line_terms__modified as (
    select
        refunded.line_id,
        refunded.part_id,
        refunded.obligation_id,
        refunded.strand_id,
        refunded.contract_id,
        refunded.entity_id,
        promised.currency,
        promised.pattern,
        refunded.price_id,
        refunded.discount_rate,
        refunded.fixed_amount,
        refunded.quantity,
        refunded.amount_interval,
        refunded.billing_timing,
        refunded.service_start_at,
        refunded.service_end_at,
        refunded.effective_to,
        refunded.agreed_end_at,
        refunded.termination_refund_kind,
        refunded.time_zone,
        refunded.known_from_ordinal,
        refunded.known_to_ordinal,
        -- a row that was withdrawn before any close knew it arrives with nothing
        coalesce(arrived.family, {{ family('modification') }}) as arrived_family,
        coalesce(replaced.family, {{ family('modification') }}) as replaced_family,
        refunded.is_terminated and refunded.termination_refund_kind <> 'full' as is_terminated,
        refunded.is_termination as ends_contract,
        true as is_modified,
        refunded.is_open_ended,
        refunded.segment_is_open,
        refunded.segment_number,
        refunded.last_segment_number,
        refunded.version_number,
        refunded.governs_segment,
        refunded.is_first_segment as is_first_version,
        refunded.segment_from_at,
        refunded.segment_to_at,
        refunded.priced_from_at,
        refunded.priced_to_at
    from refunded
    inner join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = refunded.line_id
    left join {{ ref('int_line_terms__arrivals') }} as arrived
        on arrived.obligation_id = refunded.obligation_id
        and arrived.known_ordinal = refunded.known_from_ordinal
    left join {{ ref('int_line_terms__arrivals') }} as replaced
        on replaced.obligation_id = refunded.obligation_id
        and replaced.known_ordinal = refunded.known_to_ordinal
)

select * from int_line_terms__modified

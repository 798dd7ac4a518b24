-- One row per part of a line, segment of its strand, version of terms that prices the segment and closes that believed so.
--
-- The one place that says what the terms of a line are: which closes believed them (known_from,
-- known_to), which performance they govern (segment_from, segment_to) and which they price
-- (priced_from, priced_to). A line that no event changed has one part, one segment, 0, and one version.
with

agreed as (
    select
        line_id,
        line_id as part_id,
        obligation_id,
        obligation_id as strand_id,
        contract_id,
        entity_id,
        currency,
        pattern,
        price_id,
        discount_rate,
        fixed_amount,
        quantity,
        amount_interval,
        billing_timing,
        service_start_at,
        service_end_at,
        effective_to,
        agreed_end_at,
        termination_refund_kind,
        time_zone,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        is_terminated,
        false as ends_contract,
        false as is_modified,
        coalesce(service_end_at, effective_to) is null as is_open_ended,
        coalesce(service_end_at, effective_to) is null as segment_is_open,
        0 as segment_number,
        0 as last_segment_number,
        0 as version_number,
        true as governs_segment,
        true as is_first_version,
        cast(null as timestamp) as segment_from_at,
        cast(null as timestamp) as segment_to_at,
        cast(null as timestamp) as priced_from_at,
        cast(null as timestamp) as priced_to_at
    from {{ ref('int_line_terms__agreed') }}
),

int_line_terms as (
    select * from agreed
    union all
    select * from {{ ref('int_line_terms__modified') }}
)

select * from int_line_terms

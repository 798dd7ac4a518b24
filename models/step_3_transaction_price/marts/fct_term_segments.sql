-- One row per strand of changed terms, segment and closes that believed so: the contract event that began the segment.
with

fct_term_segments as (
    select distinct
        strand_id,
        obligation_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        segment_number,
        contract_event_id,
        is_termination,
        cast({{ local_from_utc('segment_from_at', 'time_zone') }} as date) as segment_from_date
    from {{ ref('int_line_terms__segments') }}
)

select * from fct_term_segments

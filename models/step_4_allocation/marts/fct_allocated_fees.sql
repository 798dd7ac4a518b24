{{ config(materialized='view') }} {#- almost all fees pass as stated and are not written again -#}
-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation.
with

fct_allocated_fees as (
    select
        line_id,
        part_id,
        obligation_id,
        strand_id,
        contract_id,
        entity_id,
        currency,
        pattern,
        component,
        pool_id,
        segment_number,
        last_segment_number,
        is_latest_segment,
        segment_from_date,
        segment_to_date,
        segment_is_open,
        ends_contract,
        is_modified,
        amount_interval,
        first_interval_date,
        interval_number,
        believed_from_ordinal,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        from_date,
        to_date,
        quantity,
        cast(stated_amount as decimal(38, 18)) as stated_amount,
        cast(standalone_amount as decimal(38, 18)) as standalone_amount,
        cast(allocated_amount as decimal(38, 18)) as allocated_amount
    from {{ ref('int_fees__allocated') }}
)

select * from fct_allocated_fees

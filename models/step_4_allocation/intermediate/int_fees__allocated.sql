{{ config(materialized='view') }} {#- as long as every price is stated for one obligation, allocation moves nothing -#}
-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation.
with

int_fees__allocated as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        currency,
        pattern,
        component,
        -- the set between whose members price moves: one obligation, or one line of goods, as long as prices are stated for it
        case when pattern = 'point_in_time' then line_id else obligation_id end as pool_id,
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
        amount as stated_amount,
        amount as standalone_amount,
        amount as allocated_amount
    from {{ ref('fct_fee_intervals') }}
)

select * from int_fees__allocated

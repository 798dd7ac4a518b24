{{ config(materialized='view') }} {#- almost all fees pass as stated and are not written again -#}
-- One row per version of a fixed fee, segment, interval, component and set of books: the amount allocated to its performance obligation.
--
-- Beside the fees: what credits, financing, payment in kind and amounts payable to the customer make of them.
with

plain as (
    select
        *,
        'both' as book_scope
    from {{ ref('int_fees__levelled') }}
    where
        contract_id not in (select contract_id from {{ ref('int_fees__beliefs') }})
        or not {{ carries_price_parts() }}
),

united as (
    select * from plain
    union all by name
    select * from {{ ref('int_fees__completed') }}
),

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
        book_scope,
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
    from united
)

select * from fct_allocated_fees

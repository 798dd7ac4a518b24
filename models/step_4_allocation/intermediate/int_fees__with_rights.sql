{{ config(materialized='view') }} {#- almost all fees pass as stated and are not written again -#}
-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation.
--
-- What was allocated to material rights is carried by what is bought under them.
with

plain as (
    select fees.*
    from {{ ref('int_fees__allocated') }} as fees
    left join {{ ref('int_rights__renewed_fees') }} as renewed
        on not renewed.is_renewal
        and renewed.line_id = fees.line_id
        and renewed.segment_number = fees.segment_number
        and renewed.known_from_ordinal = fees.known_from_ordinal
        and renewed.from_date = fees.from_date
        and renewed.to_date = fees.to_date
    where
        fees.pattern not in ('material_right', 'set_up')
        and renewed.line_id is null
),

united as (
    select * from plain
    union all by name
    select * from {{ ref('int_rights__fees') }}
    union all by name
    select * from {{ ref('int_rights__kept_fees') }}
),

int_fees__with_rights as (
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
    from united
)

select * from int_fees__with_rights

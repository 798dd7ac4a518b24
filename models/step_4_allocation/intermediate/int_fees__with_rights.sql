{{ config(materialized='view') }} {#- almost all fees pass as stated and are not written again -#}
-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation.
--
-- What was allocated to material rights is carried by what is bought under them: apart, or within its
-- price where exercise is a modification. A price that shares with a right states what it has left: that
-- is what a later change of terms finds (D12).
with

shared_with_rights as (
    select distinct pool_id
    from {{ ref('int_fees__allocated') }}
    where pattern = 'material_right'
),

plain as (
    select fees.* replace (case when shared_with_rights.pool_id is not null and fees.component = 'fee' then fees.allocated_amount else fees.stated_amount end as stated_amount)
    from {{ ref('int_fees__allocated') }} as fees
    left join {{ ref('int_rights__renewed_fees') }} as renewed
        on not renewed.is_renewal
        and renewed.line_id = fees.line_id
        and renewed.segment_number = fees.segment_number
        and renewed.known_from_ordinal = fees.known_from_ordinal
        and renewed.from_date = fees.from_date
        and renewed.to_date = fees.to_date
    left join shared_with_rights on shared_with_rights.pool_id = fees.pool_id
    where
        fees.pattern not in ('material_right', 'set_up')
        and renewed.line_id is null
        and (fees.component <> 'fee' or fees.line_id not in (select joined.line_id from {{ ref('int_rights__joined_fees') }} as joined))
),

united as (
    select * from plain
    union all by name
    select * from {{ ref('int_rights__fees') }}
    where not is_modification
    union all by name
    select * from {{ ref('int_rights__joined_fees') }}
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

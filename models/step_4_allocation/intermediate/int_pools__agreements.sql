-- One row per contract and closes between which it shares its price with the same others: contracts combined into one are one agreement (D1; ASC 606-10-25-9, IFRS 15.17).
--
-- An agreement has the name of its first contract. Until the close that combines it, a contract
-- is an agreement of its own.
with

contracts as (
    select
        contract_id,
        contract_group_id,
        case when contract_group_id = contract_id then 0 else contract_group_from_ordinal end as joins_ordinal
    from {{ ref('dim_contracts') }}
),

int_pools__agreements as (
    select
        contract_id,
        contract_group_id as agreement_id,
        cast(joins_ordinal as integer) as from_ordinal,
        999999 as to_ordinal
    from contracts

    union all

    select
        contract_id,
        contract_id as agreement_id,
        0 as from_ordinal,
        cast(joins_ordinal as integer) as to_ordinal
    from contracts
    where joins_ordinal > 0
)

select * from int_pools__agreements

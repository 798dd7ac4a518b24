-- One row per performance obligation with fees of a contract that ends while others, combined with it, go on: what is one contract changes its terms (ASC 606-10-25-9, 25-13; IFRS 15.17, 21).
--
-- Where either side may leave, what lies beyond that day was never part of the price of all: to leave then changes nothing of it.
with

ended as (
    select distinct contract_id
    from {{ ref('fct_terminations') }}
),

groups as (
    select contracts.contract_group_id
    from {{ ref('dim_contracts') }} as contracts
    left join ended on ended.contract_id = contracts.contract_id
    group by contracts.contract_group_id
    having count(*) > count(ended.contract_id)
),

int_line_terms__ended_beside as (
    select distinct
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id
    from {{ ref('dim_obligation_lines') }} as lines
    inner join ended on ended.contract_id = lines.contract_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join groups on groups.contract_group_id = contracts.contract_group_id
    where
        lines.pattern not in {{ patterns_without_fees() }}
        and coalesce(contracts.accounting_end_at >= contracts.effective_to, contracts.accounting_end_at is null)
)

select * from int_line_terms__ended_beside

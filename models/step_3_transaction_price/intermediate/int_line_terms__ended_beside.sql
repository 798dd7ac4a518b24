-- One row per performance obligation with fees whose contract ends beside what it shares a price with: others, combined with it, that go on, or promises that a change named (ASC 606-10-25-9, 25-13; IFRS 15.17, 21).
--
-- Of combined contracts: where either side may leave, what lies beyond that day was never part of the price of all: to leave then changes nothing of it.
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

combined as (
    select lines.obligation_id
    from {{ ref('dim_obligation_lines') }} as lines
    inner join ended on ended.contract_id = lines.contract_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join groups on groups.contract_group_id = contracts.contract_group_id
    where coalesce(contracts.accounting_end_at >= contracts.effective_to, contracts.accounting_end_at is null)
),

-- What was changed may share its price with promises that no event names: the end cuts all of them.
changed as (
    select lines.obligation_id
    from {{ ref('dim_obligation_lines') }} as lines
    inner join ended on ended.contract_id = lines.contract_id
    inner join {{ ref('int_line_terms__touches') }} as touches on touches.contract_id = lines.contract_id
),

int_line_terms__ended_beside as (
    select distinct
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id
    from {{ ref('dim_obligation_lines') }} as lines
    where
        lines.pattern not in {{ patterns_without_fees() }}
        and (
            lines.obligation_id in (select obligation_id from combined)
            or lines.obligation_id in (select obligation_id from changed)
        )
)

select * from int_line_terms__ended_beside

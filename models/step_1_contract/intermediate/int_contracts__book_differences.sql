-- One row per contract that the books may see apart for another reason than its gate, and the reason.
--
-- Such a contract is computed for each book from its gate on: everything after that follows.
-- What is received in kind is measured at inception under ASC 606; IFRS 15 names no date, so it
-- may be elected to be that of receipt (ASC 606-10-32-21, IFRS 15.66, BC254C).
with

received_later as (
    select distinct lines.contract_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic = 'noncash_date'
        and elections.choice = 'receipt'
        and elections.book in ('*', 'ifrs15')
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = contracts.entity_id
            or elections.scope_type = 'customer' and elections.scope_id = contracts.customer_id
            or elections.scope_type = 'contract' and elections.scope_id = contracts.contract_id
            or elections.scope_type = 'line' and elections.scope_id = lines.line_id
        )
    where lines.line_kind = 'noncash'
),

int_contracts__book_differences as (
    select
        contract_id,
        'X10' as difference_code
    from received_later
)

select * from int_contracts__book_differences

-- One row per fee interval, set of books and version: a belief about a fee that is earned day by day (D5 OT_CONSUME; E = A x d / D).
with

int_pattern__ratable_by_day as (
    select
        gates.book_scope,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.line_id,
        'platform' as component,
        'D5.RATABLE_BY_DAY' as rule_code,
        greatest(fees.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
        -- what was corrected before the agreement became a contract arrives with the contract
        case when gates.gate_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when gates.until_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family,
        fees.from_date,
        fees.to_date,
        fees.allocated_amount as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = fees.contract_id
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    where
        fees.pattern = 'ratable_by_day'
        and fees.to_date > fees.from_date
)

select * from int_pattern__ratable_by_day

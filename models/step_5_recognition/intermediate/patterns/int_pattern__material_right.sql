-- One row per material right, set of books and version: a belief about what is left of a right when it ends (D9; ASC 606-10-55-42, IFRS 15.B40).
--
-- Earned on the day the right ends. What is exercised is earned with what is bought, by the pattern of that.
with

int_pattern__material_right as (
    select
        gates.book_scope,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.line_id,
        'expiry' as component,
        'D9.LAPSED' as rule_code,
        greatest(fees.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
        case when gates.gate_ordinal >= fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when gates.until_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family,
        fees.from_date,
        fees.to_date,
        greatest(fees.from_date, gates.from_date) as earned_from_date,
        least(fees.to_date, gates.to_date) as earned_to_date,
        fees.allocated_amount as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = fees.contract_id
        and fees.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    where
        fees.pattern in ('material_right', 'set_up')
        -- a right without an end never lapses
        and fees.to_date > fees.from_date
        and fees.allocated_amount <> 0
        and greatest(fees.from_date, gates.from_date) < least(fees.to_date, gates.to_date)
)

select * from int_pattern__material_right

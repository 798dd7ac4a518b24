-- One row per financed fee, set of books, version and stretch of days: a belief about interest that accrues by days (D15; ASC 606-10-32-20, IFRS 15.65).
with

int_pattern__interest as (
    select
        gates.book_scope,
        interest.entity_id,
        interest.contract_id,
        interest.obligation_id,
        interest.line_id,
        interest.component,
        'D15.ACCRETION' as rule_code,
        greatest(interest.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
        least(interest.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
        case when gates.gate_ordinal >= interest.known_from_ordinal then {{ family('contract') }} else interest.arrived_family end as arrived_family,
        case when gates.until_ordinal < interest.known_to_ordinal then {{ family('contract') }} else interest.replaced_family end as replaced_family,
        interest.from_date,
        interest.to_date,
        greatest(interest.from_date, gates.from_date) as earned_from_date,
        least(interest.to_date, gates.to_date) as earned_to_date,
        interest.amount
    from {{ ref('fct_financing_interest') }} as interest
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = interest.contract_id
        and gates.gate_ordinal < interest.known_to_ordinal
        and gates.until_ordinal > greatest(interest.known_from_ordinal, gates.gate_ordinal)
        and gates.from_date < interest.to_date
        and gates.to_date > interest.from_date
)

select * from int_pattern__interest

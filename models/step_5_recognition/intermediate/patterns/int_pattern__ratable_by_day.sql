-- One row per fee interval, set of books and version: a belief about a fee that is earned day by day (D5 OT_CONSUME; E = A x d / D).
with

int_pattern__ratable_by_day as (
    select
        gates.book_scope,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.strand_id,
        fees.line_id,
        case fees.component when 'fee' then obligations.component else fees.component end as component,
        'D5.RATABLE_BY_DAY' as rule_code,
        greatest(fees.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
        -- what was corrected before the agreement became a contract arrives with the contract
        case when gates.gate_ordinal >= fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when gates.until_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family,
        fees.from_date,
        fees.to_date,
        greatest(fees.from_date, coalesce(fees.earned_from_date, fees.from_date), gates.from_date) as earned_from_date,
        least(fees.to_date, coalesce(fees.earned_to_date, fees.to_date), gates.to_date) as earned_to_date,
        fees.amount
    from {{ ref('int_fees_by_convention') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = fees.obligation_id
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = fees.contract_id
        and fees.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    where
        -- credits that share the price of a plan are earned as they are used: the days price their interval
        not (obligations.pattern = 'included_units' and fees.component = 'fee')
        and greatest(fees.from_date, coalesce(fees.earned_from_date, fees.from_date), gates.from_date)
        < least(fees.to_date, coalesce(fees.earned_to_date, fees.to_date), gates.to_date)
)

select * from int_pattern__ratable_by_day

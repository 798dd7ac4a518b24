-- One row per fee interval of a line that exercises an option: which right, and the closes that believed so.
--
-- A purchase under an option counts once it is a contract itself, in the book that sees it last.
with

gates as (
    select
        contract_id,
        max(coalesce(gate_ordinal, 999999)) as gate_ordinal,
        min(until_ordinal) as until_ordinal
    from {{ ref('fct_contract_gates') }}
    group by contract_id
),

int_rights__exercises as (
    select
        exercises.option_line_id,
        fees.* replace (
            greatest(fees.known_from_ordinal, gates.gate_ordinal) as known_from_ordinal,
            least(fees.known_to_ordinal, gates.until_ordinal) as known_to_ordinal,
            case when gates.gate_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
            case when gates.until_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family
        )
    from {{ ref('int_fees__allocated') }} as fees
    inner join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = fees.line_id
    inner join gates on gates.contract_id = fees.contract_id
    where
        fees.is_latest_segment
        and fees.component = 'fee'
        and fees.pattern <> 'material_right'
        and greatest(fees.known_from_ordinal, gates.gate_ordinal) < least(fees.known_to_ordinal, gates.until_ordinal)
)

select * from int_rights__exercises

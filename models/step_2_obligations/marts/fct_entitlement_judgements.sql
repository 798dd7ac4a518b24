-- One row per line of credits that come with a plan and decision: test by test, and what follows from them (D8 ENTITLEMENT).
with

tests as (
    select
        *,
        coalesce('election ' || election_id, 'default') as line_basis
    from {{ ref('int_lines__entitlement_tests') }}
),

judged as (
    select
        entity_id,
        line_id,
        decision_code,
        case when not has_evidence then 'NO_EVIDENCE' when is_significant then 'SIGNIFICANT' else 'INCIDENTAL' end as outcome,
        decision_code as rule_code,
        inputs_seen,
        'default' as basis,
        known_ordinal
    from tests

    union all

    select distinct
        entity_id,
        line_id,
        'D8' as decision_code,
        case when line_is_significant then 'UNITS_PROPORTIONAL' else 'RATABLE' end as outcome,
        case when line_is_significant then 'D8.SIGNIFICANT' else 'D8.INCIDENTAL' end as rule_code,
        'tests of value, use, rollover and marginal price' as inputs_seen,
        line_basis as basis,
        known_ordinal
    from tests
),

fct_entitlement_judgements as (
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        known_ordinal as as_of_ordinal
    from judged
)

select * from fct_entitlement_judgements

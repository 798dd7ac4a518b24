-- One row per contract event that changes terms and has not been withdrawn: the judgement on the modification (D12).
with

fct_modification_judgements as (
    select
        '*' as book,
        entity_id,
        'contract_event' as subject_type,
        contract_event_id as subject,
        'D12' as decision_code,
        outcome,
        rule_code,
        inputs_seen,
        'default' as basis,
        as_of_ordinal
    from {{ ref('fct_modification_treatments') }}
    where known_to_ordinal = 999999
)

select * from fct_modification_judgements

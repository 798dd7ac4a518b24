-- One row per contract and book: the judgement on step 1 and what it saw (D1).
with

fct_contract_judgements as (
    select
        gates.book,
        gates.entity_id,
        'contract' as subject_type,
        gates.contract_id as subject,
        'D1' as decision_code,
        case when gates.gate_ordinal is null or gates.until_ordinal < 999999 then 'NO_CONTRACT' else 'CONTRACT' end as outcome,
        gates.rule_code,
        'approval=' || coalesce(approvals.evidence, 'none')
        || '; p_collect=' || coalesce(cast(gates.collection_probability as varchar), 'none given')
        || '; rights, terms and substance taken as met' as inputs_seen,
        case when gates.election_id is null then 'default' else 'election ' || gates.election_id end as basis,
        coalesce(nullif(gates.until_ordinal, 999999), gates.gate_ordinal, gates.approval_ordinal, recorded.period_ordinal) as as_of_ordinal
    from {{ ref('int_contracts__gates_by_book') }} as gates
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = gates.contract_id
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = gates.contract_id
    {{ join_known_period('recorded', 'contracts.entity_id', 'contracts.recorded_at') }}
)

select * from fct_contract_judgements

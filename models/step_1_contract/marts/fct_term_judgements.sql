-- One row per contract and decision on its term or combination, and what the rule saw (D1; ASC 606-10-25-3, 25-9, IFRS 15.11, 17).
with

terms as (
    select
        accounting_terms.entity_id,
        accounting_terms.contract_id,
        'D1.TERM' as decision_code,
        case accounting_terms.rule_code
            when 'D1.TERM_CANCELLABLE' then 'UNTIL_EXIT'
            when 'D1.TERM_PREPAID' then 'UNTIL_PREPAID_END'
            else 'STATED_TERM'
        end as outcome,
        accounting_terms.rule_code,
        'enforceable_until=' || coalesce(cast(accounting_terms.accounting_end_at as varchar), 'open')
        || '; ' || accounting_terms.inputs_seen as inputs_seen,
        accounting_terms.election_id,
        greatest(accounting_terms.recorded_ordinal, approvals.approval_ordinal) as as_of_ordinal
    from {{ ref('int_contracts__accounting_terms') }} as accounting_terms
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = accounting_terms.contract_id
    -- who cannot leave has the term that was stated
    where accounting_terms.rule_code <> 'D1.TERM_NONCANCELLABLE'
),

combinations as (
    select
        entity_id,
        contract_id,
        'D1.COMBINE' as decision_code,
        case
            when is_combined then 'COMBINED'
            when rule_code = 'D1.COMBINE_TO_ASSESS' then 'SEPARATE, TO BE ASSESSED'
            else 'SEPARATE'
        end as outcome,
        rule_code,
        inputs_seen,
        election_id,
        as_of_ordinal
    from {{ ref('int_contracts__combinations') }}
),

judged as (
    select * from terms
    union all
    select * from combinations
),

fct_term_judgements as (
    select
        '*' as book,
        entity_id,
        'contract' as subject_type,
        contract_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        case when election_id is not null then 'election ' || election_id else 'default' end as basis,
        as_of_ordinal
    from judged
)

select * from fct_term_judgements

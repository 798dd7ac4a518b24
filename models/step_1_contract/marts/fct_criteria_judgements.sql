-- One row per contract, book, criterion of a contract and close at which the answer changed (D1; ASC 606-10-25-1(a)..(e), IFRS 15.9(a)..(e)).
--
-- The first four criteria are the same in both books. Where nothing is recorded against rights,
-- payment terms and substance they are taken as met, and the row says so.
with

terms as (
    select
        terms.*,
        recorded.period_ordinal as recorded_ordinal
    from {{ ref('int_contracts__first_terms') }} as terms
    {{ join_known_period('recorded', 'terms.entity_id', 'terms.recorded_at') }}
),

lines as (
    select
        contract_id,
        count(distinct line_id) as line_count,
        count(distinct case when coalesce(fixed_amount, discount_rate) is not null or price_id is not null then line_id end) as priced_count
    from {{ accepted(ref('stg_contract_lines')) }}
    where modified_by_event_id is null
    group by contract_id
),

approval_closes as (
    select
        contract_id,
        recorded_ordinal as as_of_ordinal
    from terms
    union
    select
        approvals.contract_id,
        greatest(approvals.approval_ordinal, terms.recorded_ordinal) as as_of_ordinal
    from {{ ref('int_contracts__approvals') }} as approvals
    inner join terms on terms.contract_id = approvals.contract_id
),

approval as (
    select
        terms.contract_id,
        terms.entity_id,
        'D1.APPROVAL' as decision_code,
        case when approvals.approval_ordinal <= closes.as_of_ordinal then 'MET' else 'NOT_MET' end as outcome,
        case
            when approvals.approval_ordinal <= closes.as_of_ordinal then 'D1.APPROVED_BY_' || upper(approvals.evidence)
            when terms.approval_kind = 'agent' and terms.authority_ref is null then 'D1.AGENT_WITHOUT_MANDATE'
            else 'D1.NO_APPROVAL'
        end as rule_code,
        'kind=' || terms.approval_kind
        || '; principal=' || terms.customer_id
        || '; mandate=' || coalesce(terms.authority_ref, 'none')
        || coalesce('; cap=' || cast(terms.authority_limit_amount as varchar), '')
        || '; approved_at=' || coalesce(cast(case when approvals.approval_ordinal <= closes.as_of_ordinal then approvals.approved_at end as varchar), 'not yet') as inputs_seen,
        closes.as_of_ordinal
    from terms
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = terms.contract_id
    inner join approval_closes as closes on closes.contract_id = terms.contract_id
),

rights_terms_and_substance as (
    select
        terms.contract_id,
        terms.entity_id,
        criteria.decision_code,
        'MET' as outcome,
        case
            when criteria.decision_code = 'D1.RIGHTS' and lines.line_count > 0 then 'D1.RIGHTS_STATED'
            when criteria.decision_code = 'D1.PAYMENT_TERMS' and lines.priced_count > 0 then 'D1.TERMS_STATED'
            else 'D1.TAKEN_AS_MET'
        end as rule_code,
        case criteria.decision_code
            when 'D1.RIGHTS' then 'lines=' || cast(coalesce(lines.line_count, 0) as varchar)
            when 'D1.PAYMENT_TERMS'
                then
                    'priced_lines=' || cast(coalesce(lines.priced_count, 0) as varchar)
                    || '; payment_days=' || coalesce(cast(terms.payment_terms_days as varchar), 'not given')
            else 'nothing recorded against it'
        end as inputs_seen,
        terms.recorded_ordinal as as_of_ordinal
    from terms
    cross join (values ('D1.RIGHTS'), ('D1.PAYMENT_TERMS'), ('D1.SUBSTANCE')) as criteria (decision_code)
    left join lines on lines.contract_id = terms.contract_id
),

compared as (
    select
        *,
        lag(is_collectable) over in_order as was_collectable,
        lag(evidence) over in_order as earlier_evidence
    from {{ ref('int_contracts__collectability') }}
    window in_order as (partition by contract_id, book order by known_ordinal)
),

collection as (
    select
        compared.*,
        terms.entity_id
    from compared
    inner join terms on terms.contract_id = compared.contract_id
    where
        compared.was_collectable is null
        or compared.is_collectable <> compared.was_collectable
        or compared.evidence is distinct from compared.earlier_evidence
),

fct_criteria_judgements as (
    select
        '*' as book,
        entity_id,
        'contract' as subject_type,
        contract_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        'default' as basis,
        as_of_ordinal
    from (
        select * from approval
        union all
        select * from rights_terms_and_substance
    ) as alike_in_both_books

    union all

    select
        book,
        entity_id,
        'contract' as subject_type,
        contract_id as subject,
        'D1.COLLECTABILITY' as decision_code,
        case when is_collectable then 'MET' else 'NOT_MET' end as outcome,
        case
            when evidence is null then 'D1.TAKEN_AS_MET'
            when estimate_id is not null then 'D1.COLLECTION_ESTIMATED'
            when evidence = 'paid before use' then 'D1.COLLECTED_BEFORE_USE'
            else 'D1.COLLECTION_OF_COHORT'
        end as rule_code,
        'p_collect=' || coalesce(cast(probability as varchar) || ' (' || evidence || ')', 'none given')
        || '; threshold=' || cast(threshold as varchar) as inputs_seen,
        case when threshold_election_id is not null then 'election ' || threshold_election_id else 'default' end as basis,
        known_ordinal as as_of_ordinal
    from collection
)

select * from fct_criteria_judgements

-- One row per contract, book and close at which the judgement on step 1 changed, and what it saw then (D1).
with

gates as (
    select * from {{ ref('int_contracts__gates_by_book') }}
),

losses as (
    select * from {{ ref('int_contracts__losses') }}
),

states as (
    -- The close that first knows of the agreement, where it is no contract yet.
    select
        *,
        recorded_ordinal as as_of_ordinal,
        'NO_CONTRACT' as outcome,
        case
            when gate_ordinal is null then rule_code
            when coalesce(approval_ordinal > recorded_ordinal, true) then 'D1.NO_APPROVAL'
            when coalesce(collectable_ordinal > recorded_ordinal, true) then 'D1.NOT_COLLECTABLE'
            else 'D1.WHOLLY_UNPERFORMED'
        end as state_rule_code,
        gate_ordinal is null and election_id is not null as is_elected
    from gates
    where gate_ordinal is null or gate_ordinal > recorded_ordinal

    union all

    select
        *,
        gate_ordinal as as_of_ordinal,
        'CONTRACT' as outcome,
        case when until_ordinal < 999999 then 'D1.CRITERIA_MET' else rule_code end as state_rule_code,
        rule_code = 'D1.ELECTED_CONTRACT' as is_elected
    from gates
    where gate_ordinal is not null

    union all

    select
        *,
        until_ordinal as as_of_ordinal,
        'NO_CONTRACT' as outcome,
        rule_code as state_rule_code,
        true as is_elected
    from gates
    where until_ordinal < 999999

    union all

    select
        gates.*,
        losses.lost_ordinal as as_of_ordinal,
        'NO_CONTRACT' as outcome,
        'D1.COLLECTABILITY_LOST' as state_rule_code,
        false as is_elected
    from gates
    inner join losses
        on losses.contract_id = gates.contract_id
        and losses.book = gates.book

    union all

    select
        gates.*,
        losses.regained_ordinal as as_of_ordinal,
        'CONTRACT' as outcome,
        'D1.CRITERIA_MET_AGAIN' as state_rule_code,
        false as is_elected
    from gates
    inner join losses
        on losses.contract_id = gates.contract_id
        and losses.book = gates.book
        and losses.regained_ordinal < 999999
),

-- The collection that each of them saw is the one assessed by then.
assessed as (
    select
        states.*,
        collectability.probability,
        collectability.evidence
    from states
    left join {{ ref('int_contracts__collectability') }} as collectability
        on collectability.contract_id = states.contract_id
        and collectability.book = states.book
        and collectability.known_ordinal <= states.as_of_ordinal
    qualify row_number() over (
        partition by states.contract_id, states.book, states.as_of_ordinal
        order by case states.outcome when 'NO_CONTRACT' then 1 else 2 end, collectability.known_ordinal desc nulls last
    ) = 1
),

fct_contract_judgements as (
    select
        assessed.book,
        assessed.entity_id,
        'contract' as subject_type,
        assessed.contract_id as subject,
        'D1' as decision_code,
        assessed.outcome,
        assessed.state_rule_code as rule_code,
        'approval='
        || case when approvals.approval_ordinal <= assessed.as_of_ordinal then approvals.evidence else 'none' end
        || '; p_collect=' || coalesce(cast(assessed.probability as varchar) || ' (' || assessed.evidence || ')', 'none given')
        || '; rights, terms and substance taken as met' as inputs_seen,
        case when assessed.is_elected then 'election ' || assessed.election_id else 'default' end as basis,
        assessed.as_of_ordinal
    from assessed
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = assessed.contract_id
)

select * from fct_contract_judgements

-- One row per contract that was approved: the first close that could know of the approval (D1; ASC 606-10-25-1(a), IFRS 15.9(a)).
with

signed as (
    -- Any version of the contract may bring the signature; a correction of it is known when it was recorded.
    select
        contracts.contract_id,
        first_terms.entity_id,
        {{ instant('signed_at', 'first_terms.time_zone', 'contracts') }} as approved_at,
        contracts.recorded_at,
        'signed_at' as evidence
    from {{ accepted(ref('stg_contracts')) }} as contracts
    inner join {{ ref('int_contracts__first_terms') }} as first_terms
        on first_terms.contract_id = contracts.contract_id
    where
        contracts.signed_at is not null
        and contracts.modified_by_event_id is null
        -- an agent binds nobody without a mandate
        and (contracts.approval_kind <> 'agent' or contracts.authority_ref is not null)
),

executed as (
    select
        events.contract_id,
        first_terms.entity_id,
        coalesce(
            {{ instant('approved_at', 'first_terms.time_zone', 'events') }},
            {{ instant('effective_at', 'first_terms.time_zone', 'events') }}
        ) as approved_at,
        events.recorded_at,
        events.event_kind as evidence
    from {{ accepted(ref('stg_contract_events')) }} as events
    inner join {{ ref('int_contracts__first_terms') }} as first_terms
        on first_terms.contract_id = events.contract_id
    where
        events.event_kind = 'ratified'
        or events.event_kind = 'executed'
        and (first_terms.approval_kind <> 'agent' or first_terms.authority_ref is not null)
),

evidence as (
    select * from signed
    union all
    select * from executed
),

int_contracts__approvals as (
    select
        evidence.contract_id,
        evidence.evidence,
        evidence.approved_at,
        greatest(known.period_ordinal, happened.period_ordinal) as approval_ordinal
    from evidence
    {{ join_known_period('known', 'evidence.entity_id', 'evidence.recorded_at') }}
    {{ join_period_of('happened', 'evidence.entity_id', 'evidence.approved_at') }}
    qualify row_number() over (
        partition by evidence.contract_id
        order by greatest(known.period_ordinal, happened.period_ordinal), evidence.recorded_at
    ) = 1
)

select * from int_contracts__approvals

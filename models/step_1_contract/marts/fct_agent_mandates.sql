-- One row per contract that an agent entered under a capped mandate and closes that believed the cap: until its principal ratifies what was spent (D1, E57).
with

versions as (
    select
        contracts.contract_id,
        terms.entity_id,
        contracts.authority_limit_amount,
        known.period_ordinal as known_ordinal,
        contracts.recorded_at
    from {{ accepted(ref('stg_contracts')) }} as contracts
    inner join {{ ref('int_contracts__first_terms') }} as terms on terms.contract_id = contracts.contract_id
    {{ join_known_period('known', 'terms.entity_id', 'contracts.recorded_at') }}
    where
        terms.approval_kind = 'agent'
        and contracts.authority_limit_amount is not null
    -- of several recorded before one close the last counts
    qualify row_number() over (partition by contracts.contract_id, known.period_ordinal order by contracts.recorded_at desc) = 1
),

ratified as (
    select
        events.contract_id,
        min(greatest(known.period_ordinal, happened.period_ordinal)) as ratified_ordinal
    from {{ accepted(ref('stg_contract_events')) }} as events
    inner join {{ ref('int_contracts__first_terms') }} as terms on terms.contract_id = events.contract_id
    {{ join_known_period('known', 'terms.entity_id', 'events.recorded_at') }}
    {{ join_period_of('happened', 'terms.entity_id', instant('effective_at', 'terms.time_zone', 'events')) }}
    where
        events.event_kind = 'ratified'
        and events.known_until_at is null
    group by events.contract_id
),

believed as (
    select
        versions.contract_id,
        versions.entity_id,
        versions.authority_limit_amount,
        versions.known_ordinal as known_from_ordinal,
        least(
            coalesce(lead(versions.known_ordinal) over (partition by versions.contract_id order by versions.known_ordinal), 999999),
            coalesce(ratified.ratified_ordinal, 999999)
        ) as known_to_ordinal
    from versions
    left join ratified on ratified.contract_id = versions.contract_id
),

fct_agent_mandates as (
    select * from believed
    where known_to_ordinal > known_from_ordinal
)

select * from fct_agent_mandates

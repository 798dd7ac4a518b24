-- One row per termination of a contract that a close believed: from when it ends the contract, and which closes know so.
with

approved as (
    select * from {{ accepted(ref('stg_contract_events')) }}
    where event_kind = 'terminated'
    -- without approval it is a request
    and approved_at is not null
),

fct_terminations as (
    select
        events.contract_id,
        events.contract_event_id,
        places.entity_id,
        {{ instant('effective_at', 'places.time_zone', 'events') }} as effective_at,
        {{ instant('approved_at', 'places.time_zone', 'events') }} as approved_at,
        events.recorded_at,
        events.known_until_at as withdrawn_at,
        greatest(known.period_ordinal, agreed.period_ordinal) as known_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as withdrawn_ordinal
    from approved as events
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = events.contract_id
    {{ join_known_period('known', 'places.entity_id', 'events.recorded_at') }}
    {{ join_period_of('agreed', 'places.entity_id', instant('approved_at', 'places.time_zone', 'events')) }}
    {{ join_known_period('withdrawn', 'places.entity_id', 'events.known_until_at') }}
    -- what was withdrawn before any close knew of it ended nothing
    where coalesce(withdrawn.period_ordinal, 999999) > greatest(known.period_ordinal, agreed.period_ordinal)
    qualify row_number() over (
        partition by events.contract_id, coalesce(withdrawn.period_ordinal, 999999) order by events.recorded_at, events.contract_event_id
    ) = 1
)

select * from fct_terminations

-- One row per contract whose service the company stopped: since which close that is known, and at which it went on.
with

events as (
    select * from {{ accepted(ref('stg_contract_events')) }}
    where event_kind in ('suspended', 'resumed')
),

placed as (
    select
        events.contract_event_id,
        events.contract_id,
        places.entity_id,
        events.event_kind,
        {{ instant('effective_at', 'places.time_zone', 'events') }} as effective_at,
        events.recorded_at,
        events.known_until_at
    from events
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = events.contract_id
),

known as (
    select
        placed.*,
        greatest(known.period_ordinal, happened.period_ordinal) as known_ordinal,
        withdrawn.period_ordinal as withdrawn_ordinal
    from placed
    {{ join_known_period('known', 'placed.entity_id', 'placed.recorded_at') }}
    {{ join_known_period('withdrawn', 'placed.entity_id', 'placed.known_until_at') }}
    {{ join_period_of('happened', 'placed.entity_id', 'placed.effective_at') }}
),

fct_suspensions as (
    select
        stopped.contract_event_id,
        stopped.contract_id,
        stopped.entity_id,
        stopped.effective_at,
        stopped.known_ordinal as stopped_ordinal,
        least(
            coalesce(min(resumed.known_ordinal), 999999),
            coalesce(stopped.withdrawn_ordinal, 999999)
        ) as resumed_ordinal
    from known as stopped
    left join known as resumed
        on resumed.contract_id = stopped.contract_id
        and resumed.event_kind = 'resumed'
        and resumed.withdrawn_ordinal is null
        and resumed.effective_at >= stopped.effective_at
    where stopped.event_kind = 'suspended'
    group by
        stopped.contract_event_id,
        stopped.contract_id,
        stopped.entity_id,
        stopped.effective_at,
        stopped.known_ordinal,
        stopped.withdrawn_ordinal
)

select * from fct_suspensions

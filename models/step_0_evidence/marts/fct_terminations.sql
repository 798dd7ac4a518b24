-- One row per contract that was terminated: from when, and since which close that is known.
with

approved as (
    select * from {{ accepted(ref('stg_contract_events')) }}
    where event_kind = 'terminated'
    -- without approval it is a request
    and approved_at is not null
    and known_until_at is null
),

fct_terminations as (
    select
        events.contract_id,
        events.contract_event_id,
        places.entity_id,
        {{ instant('effective_at', 'places.time_zone', 'events') }} as effective_at,
        {{ instant('approved_at', 'places.time_zone', 'events') }} as approved_at,
        events.recorded_at,
        greatest(known.period_ordinal, agreed.period_ordinal) as known_ordinal
    from approved as events
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = events.contract_id
    {{ join_known_period('known', 'places.entity_id', 'events.recorded_at') }}
    {{ join_period_of('agreed', 'places.entity_id', instant('approved_at', 'places.time_zone', 'events')) }}
    qualify row_number() over (partition by events.contract_id order by events.recorded_at, events.contract_event_id) = 1
)

select * from fct_terminations

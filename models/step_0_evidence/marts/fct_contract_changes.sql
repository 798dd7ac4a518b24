-- One row per contract event that may change terms: from when it holds, and which closes know that it was approved.
with

events as (
    select * from {{ accepted(ref('stg_contract_events')) }}
    where event_kind in ('modified', 'renewed')
),

placed as (
    select
        events.contract_event_id,
        events.contract_id,
        places.entity_id,
        events.event_kind,
        {{ instant('effective_at', 'places.time_zone', 'events') }} as effective_at,
        {{ instant('approved_at', 'places.time_zone', 'events') }} as approved_at,
        events.price_delta_amount,
        events.recorded_at,
        events.known_until_at
    from events
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = events.contract_id
),

fct_contract_changes as (
    select
        placed.contract_event_id,
        placed.contract_id,
        placed.entity_id,
        placed.event_kind,
        placed.effective_at,
        placed.approved_at,
        -- back-dating moves billing, never a segment of revenue (D12; ASC 606-10-25-10, IFRS 15.18)
        case when placed.approved_at is not null then greatest(placed.effective_at, placed.approved_at) end as segment_from_at,
        placed.price_delta_amount,
        placed.recorded_at,
        case when placed.approved_at is not null then greatest(known.period_ordinal, agreed.period_ordinal) end as known_from_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as known_to_ordinal
    from placed
    {{ join_known_period('known', 'placed.entity_id', 'placed.recorded_at') }}
    {{ join_period_of('agreed', 'placed.entity_id', 'placed.approved_at') }}
    {{ join_known_period('withdrawn', 'placed.entity_id', 'placed.known_until_at') }}
)

select * from fct_contract_changes

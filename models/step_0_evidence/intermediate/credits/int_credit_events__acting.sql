-- One row per event that changes a lot: extended, voided or refunded, with the closes that believed it.
--
-- Draws and expiries that a vendor reports only reconcile: the project draws by event time itself.
with

int_credit_events__acting as (
    select
        events.source_system,
        events.credit_event_id,
        events.grant_id,
        events.kind,
        events.units,
        events.recorded_at,
        {{ instant('occurred_at', 'grants.time_zone', 'events') }} as occurred_at,
        {{ instant('new_expires_at', 'grants.time_zone', 'events') }} as new_expires_at,
        coalesce(happened.period_ordinal, 1) as service_ordinal,
        greatest(known.period_ordinal, coalesce(happened.period_ordinal, 1), grants.known_ordinal) as known_ordinal,
        case
            when events.known_until_at is null then 999999
            else greatest(withdrawn.period_ordinal, known.period_ordinal, coalesce(happened.period_ordinal, 1), grants.known_ordinal)
        end as withdrawn_ordinal
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join {{ ref('int_credit_grants__placed') }} as grants
        on grants.grant_id = events.grant_id
        and grants.not_drawn_reason is null
    {{ join_period_of('happened', 'grants.entity_id', instant('occurred_at', 'grants.time_zone', 'events')) }}
    {{ join_known_period('known', 'grants.entity_id', 'events.recorded_at') }}
    {{ join_known_period('withdrawn', 'grants.entity_id', 'events.known_until_at') }}
    where events.kind in ('extend', 'void', 'refund')
)

select * from int_credit_events__acting

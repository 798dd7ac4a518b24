-- One row per event that changes a lot: extended, voided, refunded or ended with its contract, with the closes that believed it; of a lot that several others fill, and part of it.
--
-- Draws and expiries that a vendor reports only reconcile: the project draws by event time itself. Of such parts the one that came last, which is drawn
-- last, is taken away first; what came after the event was recorded is not touched by it.
with

events as (
    select
        events.source_system,
        events.credit_event_id,
        grants.grant_id,
        events.kind,
        events.units,
        grants.units as part_units,
        sum(grants.units) over last_first as units_to_part,
        row_number() over last_first = count(*) over (partition by events.source_system, events.credit_event_id, events.recorded_at) as is_first_part,
        events.recorded_at,
        events.known_until_at,
        events.occurred_at,
        events.new_expires_at,
        events.bare_dates,
        grants.time_zone,
        grants.entity_id,
        grants.known_ordinal as grant_known_ordinal
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join {{ ref('int_credit_grants__placed') }} as grants
        on coalesce(grants.stated_grant_id, grants.grant_id) = events.grant_id
        and grants.not_drawn_reason is null
        and (grants.grant_id = events.grant_id or grants.part_recorded_at <= events.recorded_at)
    where events.kind in ('extend', 'void', 'refund')
    window last_first as (
        partition by events.source_system, events.credit_event_id, events.recorded_at
        order by case when grants.grant_id = events.grant_id then 1 else 0 end, grants.grant_id desc
        rows between unbounded preceding and current row
    )
),

stated as (
    select
        events.source_system,
        events.credit_event_id,
        events.grant_id,
        events.kind,
        -- the first part bears what the others do not
        cast(case
            when events.kind = 'extend' or events.is_first_part then greatest(events.units - (events.units_to_part - events.part_units), 0)
            else greatest(least(events.units, events.units_to_part) - (events.units_to_part - events.part_units), 0)
        end as decimal(38, 9)) as units,
        events.recorded_at,
        {{ instant('occurred_at', 'events.time_zone', 'events') }} as occurred_at,
        {{ instant('new_expires_at', 'events.time_zone', 'events') }} as new_expires_at,
        coalesce(happened.period_ordinal, 1) as service_ordinal,
        greatest(known.period_ordinal, coalesce(happened.period_ordinal, 1), events.grant_known_ordinal) as known_ordinal,
        case
            when events.known_until_at is null then 999999
            else greatest(withdrawn.period_ordinal, known.period_ordinal, coalesce(happened.period_ordinal, 1), events.grant_known_ordinal)
        end as withdrawn_ordinal
    from events
    {{ join_period_of('happened', 'events.entity_id', instant('occurred_at', 'events.time_zone', 'events')) }}
    {{ join_known_period('known', 'events.entity_id', 'events.recorded_at') }}
    {{ join_known_period('withdrawn', 'events.entity_id', 'events.known_until_at') }}
),

-- A minimum ends with its contract, and what is not owed of it is taken out as units paid back are.
ended as (
    select
        'termination' as source_system,
        endings.contract_event_id || ':' || cast(endings.known_from_ordinal as varchar) || ':' || kinds.kind as credit_event_id,
        endings.grant_id,
        kinds.kind,
        cast(case kinds.kind when 'refund' then endings.refunded_units else 0 end as decimal(38, 9)) as units,
        endings.recorded_at,
        endings.ended_at as occurred_at,
        case kinds.kind when 'end' then endings.ended_at end as new_expires_at,
        endings.known_from_ordinal as service_ordinal,
        endings.known_from_ordinal as known_ordinal,
        endings.known_to_ordinal as withdrawn_ordinal
    from {{ ref('int_credit_lots__endings') }} as endings
    cross join (values ('end'), ('refund')) as kinds (kind)
    where kinds.kind = 'end' or endings.refunded_units > 0
),

int_credit_events__acting as (
    select * from stated
    union all by name
    select * from ended
)

select * from int_credit_events__acting

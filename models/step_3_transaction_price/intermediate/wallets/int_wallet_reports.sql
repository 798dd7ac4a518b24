-- One row per draw, or draw undone, that a vendor reports of a wallet whose vendor's draws count: when it was, and from when until when it was believed.
with

int_wallet_reports as (
    select
        events.source_system || ':' || events.credit_event_id as report_id,
        grants.wallet_id,
        grants.unit_code,
        grants.grant_id,
        {{ instant('occurred_at', 'entities.time_zone', 'events') }} as taken_at,
        coalesce(happened.period_ordinal, 1) as service_ordinal,
        case events.kind when 'undraw' then -events.units else events.units end as units,
        greatest(known.period_ordinal, coalesce(happened.period_ordinal, 1)) * 10 + case
            -- what is undone may have been drawn in an earlier period
            when events.kind = 'undraw' then {{ family('void') }}
            when known.period_ordinal > coalesce(happened.period_ordinal, 1) then {{ family('usage') }}
            else {{ family('normal') }}
        end as revision,
        case
            when events.known_until_at is null then 99999999
            else greatest(withdrawn.period_ordinal, coalesce(happened.period_ordinal, 1)) * 10 + {{ family('void') }}
        end as withdrawn_revision
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join {{ ref('fct_credit_grants') }} as grants
        on grants.grant_id = events.grant_id
        and grants.not_drawn_reason is null
    inner join {{ ref('int_wallet_orders') }} as orders
        on orders.wallet_id = grants.wallet_id
        and orders.draw_source = 'vendor'
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = grants.entity_id
    {{ join_period_of('happened', 'grants.entity_id', instant('occurred_at', 'entities.time_zone', 'events')) }}
    {{ join_known_period('known', 'grants.entity_id', 'events.recorded_at') }}
    {{ join_known_period('withdrawn', 'grants.entity_id', 'events.known_until_at') }}
    where events.kind in ('draw', 'undraw')
)

select * from int_wallet_reports

-- One row per version of a lot and part of it that ends at one time: what is drawn from it, and when the rest lapses.
--
-- A void takes units away at an instant, as far as they are still there. So they are a part of
-- the lot that ends there and is drawn after the rest: what ends first is drawn last.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

versions as (
    select * from {{ ref('int_credit_lots__versions') }}
),

voids as (
    select
        versions.grant_id,
        versions.version_number,
        events.occurred_at,
        events.service_ordinal,
        events.units,
        versions.units - versions.refunded_units as usable_units,
        sum(events.units) over in_time as voided_units,
        row_number() over in_time as void_number
    from versions
    inner join {{ ref('int_credit_events__acting') }} as events
        on events.grant_id = versions.grant_id
        and events.kind = 'void'
        and events.known_ordinal <= versions.known_from_ordinal
        and events.withdrawn_ordinal > versions.known_from_ordinal
    window in_time as (
        partition by versions.grant_id, versions.version_number
        order by events.occurred_at, events.source_system, events.credit_event_id
        rows between unbounded preceding and current row
    )
),

voided as (
    select
        *,
        row_number() over (partition by grant_id, version_number order by void_number desc) as part_number,
        -- no more can be taken away than there was, and what is taken first is gone
        least(voided_units, usable_units) - least(voided_units - units, usable_units) as part_units
    from voids
),

taken as (
    select
        grant_id,
        version_number,
        sum(part_units) as units
    from voided
    group by grant_id, version_number
),

parts as (
    select
        versions.grant_id,
        versions.version_number,
        0 as part_number,
        'expiry' as lapse_kind,
        versions.expires_at as ends_at,
        cast(null as integer) as void_ordinal,
        versions.units - versions.refunded_units - coalesce(taken.units, 0) as units
    from versions
    left join taken
        on taken.grant_id = versions.grant_id
        and taken.version_number = versions.version_number

    union all

    select
        versions.grant_id,
        versions.version_number,
        voided.part_number,
        case when versions.expires_at <= voided.occurred_at then 'expiry' else 'void' end as lapse_kind,
        least(versions.expires_at, voided.occurred_at) as ends_at,
        voided.service_ordinal as void_ordinal,
        voided.part_units as units
    from voided
    inner join versions
        on versions.grant_id = voided.grant_id
        and versions.version_number = voided.version_number
),

int_credit_lots__parts as (
    select
        parts.grant_id,
        parts.version_number,
        cast(parts.part_number as integer) as part_number,
        parts.lapse_kind,
        parts.ends_at,
        -- an end is exclusive: what ends as a period begins was the last instant of the one before
        case
            when parts.ends_at is null or parts.ends_at > run.as_of then null
            when parts.lapse_kind = 'void' then parts.void_ordinal
            else coalesce(ended.period_ordinal, 1)
        end as lapse_ordinal,
        cast(parts.units as decimal(38, 18)) as units
    from parts
    inner join versions
        on versions.grant_id = parts.grant_id
        and versions.version_number = parts.version_number
    cross join run
    left join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = versions.entity_id
        and ended.start_at < parts.ends_at
        and ended.end_at >= parts.ends_at
    where parts.units > 0
)

select * from int_credit_lots__parts

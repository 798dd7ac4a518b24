-- One row per version of a lot and part of it that ends at one time: what is drawn from it, and when the rest lapses.
--
-- A void or a transfer takes units away at an instant, as far as they are still there. So they are a part of
-- the lot that ends there and is drawn after the rest: what ends first is drawn last.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

versions as (
    select * from {{ ref('int_credit_lots__versions') }}
),

moves as (
    select
        from_grant_id,
        grant_id,
        move_kind,
        moved_at,
        units,
        known_ordinal,
        withdrawn_ordinal
    from {{ ref('int_credit_grants__placed') }}
    where from_grant_id is not null and not_drawn_reason is null
),

takings as (
    select
        grant_id,
        kind,
        occurred_at,
        service_ordinal,
        units,
        source_system || ':' || credit_event_id as taking_id,
        cast(null as varchar) as moves_to_grant_id,
        known_ordinal,
        withdrawn_ordinal
    from {{ ref('int_credit_events__acting') }}
    where kind = 'void'

    union all

    select
        from_grant_id as grant_id,
        move_kind as kind,
        moved_at as occurred_at,
        cast(null as integer) as service_ordinal,
        units,
        grant_id as taking_id,
        grant_id as moves_to_grant_id,
        known_ordinal,
        withdrawn_ordinal
    from moves
    where move_kind = 'transfer'
),

known_takings as (
    select
        versions.grant_id,
        versions.version_number,
        takings.kind,
        takings.occurred_at,
        takings.service_ordinal,
        takings.moves_to_grant_id,
        takings.units,
        versions.units - versions.refunded_units as usable_units,
        sum(takings.units) over in_time as taken_units,
        row_number() over in_time as taking_number
    from versions
    inner join takings
        on takings.grant_id = versions.grant_id
        and takings.known_ordinal <= versions.known_from_ordinal
        and takings.withdrawn_ordinal > versions.known_from_ordinal
        -- nothing is left of a lot that rolled over
        and coalesce(takings.occurred_at < versions.rolls_over_at, true)
    window in_time as (
        partition by versions.grant_id, versions.version_number
        order by takings.occurred_at, takings.taking_id
        rows between unbounded preceding and current row
    )
),

taken_away as (
    select
        *,
        row_number() over (partition by grant_id, version_number order by taking_number desc) as part_number,
        -- no more can be taken away than there was, and what is taken first is gone
        least(taken_units, usable_units) - least(taken_units - units, usable_units) as part_units
    from known_takings
),

taken as (
    select
        grant_id,
        version_number,
        sum(part_units) as units,
        max(part_number) as part_count
    from taken_away
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
        moves.grant_id as moves_to_grant_id,
        versions.units - versions.refunded_units - coalesce(taken.units, 0) as units
    from versions
    left join taken
        on taken.grant_id = versions.grant_id
        and taken.version_number = versions.version_number
    left join moves
        on moves.from_grant_id = versions.grant_id
        and moves.move_kind = 'rollover'
        and moves.known_ordinal <= versions.known_from_ordinal
        and moves.withdrawn_ordinal > versions.known_from_ordinal

    union all

    -- what was paid back of units that came from another lot came with them, and nothing draws it
    select
        versions.grant_id,
        versions.version_number,
        coalesce(taken.part_count, 0) + 1 as part_number,
        'refund' as lapse_kind,
        versions.effective_at as ends_at,
        cast(null as integer) as void_ordinal,
        cast(null as varchar) as moves_to_grant_id,
        versions.refunded_units as units
    from versions
    left join taken
        on taken.grant_id = versions.grant_id
        and taken.version_number = versions.version_number
    where versions.from_grant_id is not null

    union all

    select
        versions.grant_id,
        versions.version_number,
        taken_away.part_number,
        case when versions.expires_at < taken_away.occurred_at or versions.expires_at = taken_away.occurred_at and taken_away.kind = 'void' then 'expiry' else taken_away.kind end as lapse_kind,
        least(versions.expires_at, taken_away.occurred_at) as ends_at,
        taken_away.service_ordinal as void_ordinal,
        case when versions.expires_at < taken_away.occurred_at then null else taken_away.moves_to_grant_id end as moves_to_grant_id,
        taken_away.part_units as units
    from taken_away
    inner join versions
        on versions.grant_id = taken_away.grant_id
        and versions.version_number = taken_away.version_number
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
            when parts.ends_at is null or parts.ends_at > run.as_of or parts.lapse_kind = 'refund' then null
            when parts.lapse_kind = 'void' then parts.void_ordinal
            else coalesce(ended.period_ordinal, 1)
        end as lapse_ordinal,
        parts.moves_to_grant_id,
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

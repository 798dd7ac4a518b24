-- One row per version of a lot and instant at which units are taken away from it: a void, alone or with a change of terms (forfeit), a transfer or a rollover before its end.
--
-- They are taken as far as they are still there, so they are a part of the lot that is drawn after the rest.
with

versions as (
    select * from {{ ref('int_credit_lots__versions') }}
),

moves as (
    select * from {{ ref('int_credit_lots__moves') }}
),

takings as (
    select
        versions.grant_id,
        versions.version_number,
        case when forfeited.grant_id is not null then 'forfeit' else events.kind end as kind,
        events.occurred_at,
        events.service_ordinal,
        events.units,
        events.source_system || ':' || events.credit_event_id as taking_id,
        cast(null as varchar) as moves_to_grant_id
    from versions
    inner join {{ ref('int_credit_events__acting') }} as events
        on events.grant_id = versions.grant_id
        and events.kind = 'void'
        and events.known_ordinal <= versions.known_from_ordinal
        and events.withdrawn_ordinal > versions.known_from_ordinal
    left join {{ ref('int_credit_events__forfeited') }} as forfeited
        on forfeited.grant_id = events.grant_id
        and forfeited.source_system = events.source_system
        and forfeited.credit_event_id = events.credit_event_id
        and forfeited.known_from_ordinal <= versions.known_from_ordinal
        and forfeited.known_to_ordinal > versions.known_from_ordinal

    union all

    select
        grant_id,
        version_number,
        move_kind as kind,
        moved_at as occurred_at,
        cast(null as integer) as service_ordinal,
        units,
        moves_to_grant_id as taking_id,
        moves_to_grant_id
    from moves
    where not is_at_end
),

known_takings as (
    select
        takings.*,
        versions.units - versions.refunded_units as usable_units,
        sum(takings.units) over in_time as taken_units,
        row_number() over in_time as taking_number
    from takings
    inner join versions
        on versions.grant_id = takings.grant_id
        and versions.version_number = takings.version_number
    left join moves as rolled
        on rolled.grant_id = takings.grant_id
        and rolled.version_number = takings.version_number
        and rolled.is_at_end
    -- nothing is left of a lot that rolled over
    where rolled.grant_id is null or takings.occurred_at < versions.expires_at
    window in_time as (
        partition by takings.grant_id, takings.version_number
        order by takings.occurred_at, takings.taking_id
        rows between unbounded preceding and current row
    )
),

int_credit_lots__takings as (
    select
        *,
        row_number() over (partition by grant_id, version_number order by taking_number desc) as part_number,
        -- no more can be taken away than there was, and what is taken first is gone
        least(taken_units, usable_units) - least(taken_units - units, usable_units) as part_units
    from known_takings
)

select * from int_credit_lots__takings

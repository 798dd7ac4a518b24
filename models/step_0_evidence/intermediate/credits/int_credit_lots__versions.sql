-- One row per lot that can be drawn and version of it: what the closes from one period until another believed.
with

grants as (
    select * from {{ ref('int_credit_grants__placed') }}
    where
        not_drawn_reason is null
        and known_ordinal < withdrawn_ordinal
),

events as (
    select * from {{ ref('int_credit_events__acting') }}
),

-- A bonus and what it came with share one price: what becomes known of one changes the price of all.
shared as (
    select
        grants.grant_id,
        others.known_ordinal,
        others.withdrawn_ordinal
    from grants
    inner join grants as others
        on coalesce(others.purchase_grant_id, others.grant_id) = coalesce(grants.purchase_grant_id, grants.grant_id)
        and others.grant_id <> grants.grant_id
),

-- What leaves a lot for another one.
moves as (
    select
        from_grant_id as grant_id,
        known_ordinal,
        withdrawn_ordinal
    from grants
    where from_grant_id is not null
),

closes as (
    select
        grant_id,
        known_ordinal as known_from_ordinal
    from grants
    union
    select
        grant_id,
        known_ordinal as known_from_ordinal
    from moves
    union
    select
        grant_id,
        withdrawn_ordinal as known_from_ordinal
    from moves
    where withdrawn_ordinal < 999999
    union
    select
        shared.grant_id,
        shared.known_ordinal as known_from_ordinal
    from shared
    inner join grants
        on grants.grant_id = shared.grant_id
        and grants.known_ordinal < shared.known_ordinal
    union
    select
        shared.grant_id,
        shared.withdrawn_ordinal as known_from_ordinal
    from shared
    inner join grants
        on grants.grant_id = shared.grant_id
        and grants.known_ordinal < shared.withdrawn_ordinal
    where shared.withdrawn_ordinal < 999999
    union
    select
        grant_id,
        known_ordinal as known_from_ordinal
    from events
    union
    select
        grant_id,
        withdrawn_ordinal as known_from_ordinal
    from events
    where withdrawn_ordinal < 999999
    union
    -- a void that turns out to come with a change of terms, or not any more
    select
        forfeited.grant_id,
        case moves.kind when 1 then forfeited.known_from_ordinal else forfeited.known_to_ordinal end as known_from_ordinal
    from {{ ref('int_credit_events__forfeited') }} as forfeited
    cross join (values (1), (2)) as moves (kind)
    where moves.kind = 1 or forfeited.known_to_ordinal < 999999
),

spans as (
    select
        closes.grant_id,
        closes.known_from_ordinal,
        coalesce(
            lead(closes.known_from_ordinal) over (partition by closes.grant_id order by closes.known_from_ordinal),
            grants.withdrawn_ordinal
        ) as known_to_ordinal
    from closes
    inner join grants
        on grants.grant_id = closes.grant_id
        and grants.withdrawn_ordinal > closes.known_from_ordinal
        and grants.known_ordinal <= closes.known_from_ordinal
),

given as (
    select
        spans.grant_id,
        spans.known_from_ordinal
    from spans
    inner join moves
        on moves.grant_id = spans.grant_id
        and moves.known_ordinal <= spans.known_from_ordinal
        and moves.withdrawn_ordinal > spans.known_from_ordinal
    group by spans.grant_id, spans.known_from_ordinal
),

changed as (
    select
        spans.grant_id,
        spans.known_from_ordinal,
        sum(case events.kind when 'refund' then events.units else 0 end) as refunded_units,
        -- of several extensions the one recorded last holds
        max_by(
            case events.kind when 'extend' then events.new_expires_at end,
            case events.kind when 'extend' then cast(events.recorded_at as varchar) || events.credit_event_id end
        ) as new_expires_at,
        min(case events.kind when 'end' then events.new_expires_at end) as ended_at
    from spans
    inner join events
        on events.grant_id = spans.grant_id
        and events.known_ordinal <= spans.known_from_ordinal
        and events.withdrawn_ordinal > spans.known_from_ordinal
    group by spans.grant_id, spans.known_from_ordinal
),

int_credit_lots__versions as (
    select
        grants.* exclude (expires_at, known_ordinal, withdrawn_ordinal, not_drawn_reason),
        least(coalesce(changed.new_expires_at, grants.expires_at), changed.ended_at) as expires_at,
        given.grant_id is not null as gives_units_away,
        -- no more can be paid back than was granted
        least(coalesce(changed.refunded_units, 0), grants.units) as refunded_units,
        spans.known_from_ordinal,
        spans.known_to_ordinal,
        cast(row_number() over (partition by spans.grant_id order by spans.known_from_ordinal) as integer) as version_number
    from spans
    inner join grants on grants.grant_id = spans.grant_id
    left join changed
        on changed.grant_id = spans.grant_id
        and changed.known_from_ordinal = spans.known_from_ordinal
    left join given
        on given.grant_id = spans.grant_id
        and given.known_from_ordinal = spans.known_from_ordinal
    -- what would begin after its contract ended is not granted
    where coalesce(changed.ended_at > grants.effective_at, true)
)

select * from int_credit_lots__versions

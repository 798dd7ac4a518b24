-- One row per lot whose units come from another one, and source of them: which, when, how many at most, and what they become.
--
-- A lot that several others fill is one part for each of them: units keep what they were sold as (E26). In another unit they become the units that the
-- lot states: its units over those of its events. The first close of the lot sets that rate; a later one would rewrite closed periods.
with

grants as (
    select * from {{ ref('int_credit_grants__dated') }}
),

events as (
    select
        events.*,
        sources.unit_code as from_unit_code,
        known.period_ordinal as known_ordinal,
        row_number() over (partition by events.related_grant_id order by events.recorded_at, events.source_system, events.credit_event_id) as event_number
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join grants on grants.grant_id = events.related_grant_id
    inner join grants as sources on sources.grant_id = events.grant_id
    {{ join_known_period('known', 'grants.entity_id', 'events.recorded_at') }}
    {{ join_known_period('withdrawn', 'grants.entity_id', 'events.known_until_at') }}
    where
        events.kind in ('rollover', 'transfer')
        -- what was withdrawn before any close believed it says nothing
        and coalesce(withdrawn.period_ordinal > known.period_ordinal, true)
),

first_closes as (
    select
        related_grant_id,
        min(known_ordinal) as known_ordinal
    from events
    group by related_grant_id
),

rates as (
    select
        events.related_grant_id,
        min(events.from_unit_code) as from_unit_code,
        cast(sum(events.units) as decimal(38, 9)) as from_units
    from events
    inner join first_closes
        on first_closes.related_grant_id = events.related_grant_id
        and first_closes.known_ordinal = events.known_ordinal
    group by events.related_grant_id
    -- of two units nobody can tell what each becomes
    having min(events.from_unit_code) = max(events.from_unit_code) and sum(events.units) > 0
),

-- Members of a pool hold its lots in common.
pools as (
    select
        customer_id,
        min(credit_pool_id) as credit_pool_id
    from {{ accepted(ref('stg_customers')) }}
    where credit_pool_id is not null
    group by customer_id
),

passing as (
    select
        grants.*,
        events.event_number,
        events.source_system || ':' || events.credit_event_id as event_id,
        sources.grant_id as from_grant_id,
        sources.unit_code as from_unit_code,
        coalesce(events.kind, 'rollover') as move_kind,
        cast(coalesce(events.units, grants.units_granted) as decimal(38, 9)) as from_units,
        coalesce({{ instant('occurred_at', 'sources.time_zone', 'events') }}, grants.effective_at) as moved_at,
        greatest(grants.recorded_at, events.recorded_at) as passed_recorded_at,
        least(grants.known_until_at, events.known_until_at) as passed_until_at,
        sources.unit_code <> grants.unit_code as is_converted,
        coalesce(coalesce(grants.contract_id, grants.line_id) is null and (grants.customer_id = sources.customer_id or pools.credit_pool_id = source_pools.credit_pool_id), false) as stays_in_wallet,
        -- several lots had filled it by then
        coalesce(merged.recorded_at <= coalesce(events.recorded_at, grants.recorded_at), false) as is_from_merged
    from grants
    left join events on events.related_grant_id = grants.grant_id
    left join grants as sources on sources.grant_id = coalesce(events.grant_id, grants.parent_grant_id)
    left join events as merged
        on merged.related_grant_id = sources.grant_id
        and merged.event_number = 2
    left join pools on pools.customer_id = grants.customer_id
    left join pools as source_pools on source_pools.customer_id = sources.customer_id
    where grants.grant_kind = 'rollover' or events.related_grant_id is not null
),

int_credit_grants__passages as (
    select
        passing.grant_id || case when passing.event_number > 1 then ':' || passing.event_id else '' end as grant_id,
        passing.grant_id as stated_grant_id,
        passing.from_grant_id,
        passing.move_kind,
        passing.from_units,
        passing.moved_at,
        passing.passed_recorded_at as recorded_at,
        passing.passed_until_at as known_until_at,
        passing.is_converted,
        case when passing.is_converted then rates.from_units end as converts_units,
        case when passing.is_converted and rates.from_units is not null then passing.units_granted end as into_units,
        case when not passing.stays_in_wallet then passing.wallet_id end as own_wallet_id,
        passing.stays_in_wallet,
        passing.is_from_merged
    from passing
    left join rates
        on rates.related_grant_id = passing.grant_id
        and rates.from_unit_code = passing.from_unit_code
)

select * from int_credit_grants__passages

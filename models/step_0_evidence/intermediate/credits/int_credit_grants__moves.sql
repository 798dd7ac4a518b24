-- One row per lot whose units come from another one: rolled over as that ended, or transferred; from which, when and how many at most.
--
-- Such a lot was not sold: its units keep the price of the first lot of its chain (E26). What is rolled over leaves no
-- more than the terms of the line let it: a share of what was unused, a cap, and so many times (section 3.6, E29).
with recursive

grants as (
    select * from {{ ref('int_credit_grants__dated') }}
),

-- Of several events for one lot the one recorded first holds.
events as (
    select
        events.related_grant_id,
        events.grant_id,
        events.kind,
        events.units,
        {{ instant('occurred_at', 'grants.time_zone', 'events') }} as occurred_at,
        events.recorded_at,
        events.known_until_at
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join grants on grants.grant_id = events.related_grant_id
    where events.kind in ('rollover', 'transfer')
    qualify row_number() over (
        partition by events.related_grant_id order by events.recorded_at, events.source_system, events.credit_event_id
    ) = 1
),

moves as (
    select
        grants.grant_id,
        coalesce(events.grant_id, grants.parent_grant_id) as from_grant_id,
        coalesce(events.kind, 'rollover') as move_kind,
        coalesce(events.units, grants.units_granted) as units,
        coalesce(events.occurred_at, grants.effective_at) as moved_at,
        greatest(grants.recorded_at, events.recorded_at) as recorded_at,
        least(grants.known_until_at, events.known_until_at) as known_until_at
    from grants
    left join events on events.related_grant_id = grants.grant_id
    where grants.grant_kind = 'rollover' or events.related_grant_id is not null
),

moved as (
    select grant_id from moves
),

-- What comes from a lot that itself came from another stands as long as that does.
chains as (
    select
        *,
        from_grant_id as root_grant_id,
        moved_at as first_moved_at,
        case move_kind when 'rollover' then 1 else 0 end as times_rolled
    from moves
    where from_grant_id not in (select grant_id from moved)

    union all

    select
        moves.* replace (
            greatest(moves.recorded_at, chains.recorded_at) as recorded_at,
            least(moves.known_until_at, chains.known_until_at) as known_until_at
        ),
        chains.root_grant_id,
        chains.first_moved_at,
        chains.times_rolled + case moves.move_kind when 'rollover' then 1 else 0 end as times_rolled
    from moves
    inner join chains on chains.grant_id = moves.from_grant_id
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

terms as (
    select
        line_id,
        rollover_fraction,
        rollover_max_units,
        rollover_max_times
    from {{ accepted(ref('stg_contract_lines')) }}
    where modified_by_event_id is null and rollover_fraction is not null
    qualify row_number() over (partition by line_id order by recorded_at) = 1
),

limited as (
    select
        chains.grant_id,
        chains.from_grant_id,
        chains.root_grant_id,
        chains.move_kind,
        chains.moved_at,
        chains.first_moved_at,
        chains.recorded_at,
        chains.known_until_at,
        cast(case chains.move_kind when 'rollover' then least(chains.units, terms.rollover_max_units) else chains.units end as decimal(38, 9)) as units,
        cast(case chains.move_kind when 'rollover' then coalesce(terms.rollover_fraction, 1) else 1 end as decimal(38, 9)) as moved_share,
        case
            when grants.wallet_id = roots.wallet_id then null
            when coalesce(grants.contract_id, grants.line_id) is null and (grants.customer_id = roots.customer_id or pools.credit_pool_id = root_pools.credit_pool_id) then null
            else 'other_wallet'
        end as wallet_reason,
        case
            when grants.unit_code <> roots.unit_code then 'other_unit'
            when chains.move_kind = 'rollover' and chains.times_rolled > terms.rollover_max_times then 'rolled_too_often'
            when chains.move_kind = 'rollover' and row_number() over (partition by chains.from_grant_id, chains.move_kind order by chains.recorded_at, chains.grant_id) > 1 then 'rolled_already'
            when chains.units = 0 or chains.move_kind = 'rollover' and least(terms.rollover_max_units, terms.rollover_fraction) = 0 then 'no_units'
        end as refused_reason
    from chains
    inner join grants on grants.grant_id = chains.grant_id
    inner join grants as roots on roots.grant_id = chains.root_grant_id
    left join pools on pools.customer_id = grants.customer_id
    left join pools as root_pools on root_pools.customer_id = roots.customer_id
    left join terms on terms.line_id = coalesce(roots.line_id, roots.selling_line_id, roots.plan_line_id)
),

int_credit_grants__moves as (
    select * exclude (wallet_reason) replace (coalesce(wallet_reason, refused_reason) as refused_reason)
    from limited
)

select * from int_credit_grants__moves

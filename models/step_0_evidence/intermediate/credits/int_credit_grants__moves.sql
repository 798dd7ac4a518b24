-- One row per lot whose units come from another one, and source of them: the first lot of the chain, the wallet they are in, when they moved and how many at most.
--
-- Such a lot was not sold: its units keep the price of the first lot of its chain (E26). What is rolled over leaves no
-- more than the terms of the line let it: a share of what was unused, a cap, and so many times (section 3.6, E29). Another contract or customer may
-- use them, of the same entity and currency.
with recursive

grants as (
    select * from {{ ref('int_credit_grants__dated') }}
),

passages as (
    select * from {{ ref('int_credit_grants__passages') }}
),

moved as (
    select stated_grant_id from passages
),

-- What comes from a lot that itself came from another stands as long as that does.
chains as (
    select
        passages.*,
        passages.from_grant_id as root_grant_id,
        case when passages.stays_in_wallet then grants.wallet_id else passages.own_wallet_id end as wallet_id,
        passages.moved_at as first_moved_at,
        1 as times_moved,
        cast(coalesce({{ share_by_weight('cast(1 as decimal(38, 9))', 'passages.converts_units', 'passages.into_units') }}, 1) as decimal(38, 9)) as root_units_per_unit,
        case passages.move_kind when 'rollover' then 1 else 0 end as times_rolled
    from passages
    inner join grants on grants.grant_id = passages.from_grant_id
    where passages.from_grant_id not in (select stated_grant_id from moved)

    union all

    select
        passages.* replace (
            greatest(passages.recorded_at, chains.recorded_at) as recorded_at,
            least(passages.known_until_at, chains.known_until_at) as known_until_at
        ),
        chains.root_grant_id,
        case when passages.stays_in_wallet then chains.wallet_id else passages.own_wallet_id end as wallet_id,
        chains.first_moved_at,
        chains.times_moved + 1 as times_moved,
        cast(coalesce({{ share_by_weight('chains.root_units_per_unit', 'passages.converts_units', 'passages.into_units') }}, chains.root_units_per_unit) as decimal(38, 9)) as root_units_per_unit,
        chains.times_rolled + case passages.move_kind when 'rollover' then 1 else 0 end as times_rolled
    from passages
    inner join chains on chains.grant_id = passages.from_grant_id
),

terms as (
    select
        lines.line_id,
        lines.rollover_fraction,
        lines.rollover_max_units,
        lines.rollover_max_times
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'places.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null and lines.rollover_fraction is not null
    {{ as_first_known('lines.line_id', 'lines') }}
),

limited as (
    select
        chains.*,
        cast(case chains.move_kind when 'rollover' then least(chains.from_units, terms.rollover_max_units) else chains.from_units end as decimal(38, 9)) as most_units,
        cast(case chains.move_kind when 'rollover' then coalesce(terms.rollover_fraction, 1) else 1 end as decimal(38, 9)) as moved_share,
        case
            when chains.is_from_merged then 'from_merged_lot'
            when chains.wallet_id is null then 'no_contract'
            when grants.entity_id <> roots.entity_id then 'other_entity'
            when grants.contract_currency <> roots.contract_currency then 'other_currency'
            when chains.is_converted and chains.into_units is null then 'other_unit'
            when chains.move_kind = 'rollover' and chains.times_rolled > terms.rollover_max_times then 'rolled_too_often'
            when chains.move_kind = 'rollover' and row_number() over (partition by chains.from_grant_id, chains.move_kind order by chains.recorded_at, chains.grant_id) > 1 then 'rolled_already'
            when chains.from_units = 0 or chains.into_units = 0 or chains.move_kind = 'rollover' and least(terms.rollover_max_units, terms.rollover_fraction) = 0 then 'no_units'
        end as refused_reason
    from chains
    inner join grants on grants.grant_id = chains.stated_grant_id
    inner join grants as roots on roots.grant_id = chains.root_grant_id
    left join terms on terms.line_id = coalesce(roots.line_id, roots.selling_line_id, roots.plan_line_id)
),

int_credit_grants__moves as (
    select
        grant_id,
        stated_grant_id,
        from_grant_id,
        root_grant_id,
        wallet_id,
        move_kind,
        moved_at,
        first_moved_at,
        times_moved,
        root_units_per_unit,
        recorded_at,
        known_until_at,
        most_units as from_units,
        converts_units,
        into_units,
        -- the most that it can hold, in its own unit
        cast(case when into_units is null then most_units else {{ share_by_weight('into_units', 'from_units', 'converts_units') }} end as decimal(38, 9)) as units,
        moved_share,
        refused_reason
    from limited
)

select * from int_credit_grants__moves

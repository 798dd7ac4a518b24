-- One row per run of a wallet with blends, time between two of them and lot: what it cost, and how much of it was left and was taken.
with

blends as (
    select * from {{ ref('int_wallet_blends') }}
),

spans as (
    select
        run_number,
        blend_number,
        contract_id,
        kept_grant_id,
        blended_at as from_at,
        lead(blended_at) over (partition by run_number order by blend_number) as to_at,
        -- when the lots of the contract last became one price
        max(case when kept_grant_id is null then blended_at end) over (
            partition by run_number, contract_id order by blend_number
        ) as one_price_at
    from blends

    union all

    select
        run_number,
        0 as blend_number,
        cast(null as varchar) as contract_id,
        cast(null as varchar) as kept_grant_id,
        cast(null as timestamp) as from_at,
        min(blended_at) as to_at,
        cast(null as timestamp) as one_price_at
    from blends
    group by run_number
),

-- Lots that cost something and are not paid back; one that starts later is not among what remains, unless it was granted by then.
lots as (
    select
        spans.run_number,
        spans.blend_number,
        spans.from_at,
        spans.to_at,
        spans.contract_id as blended_contract_id,
        spans.kept_grant_id,
        spans.one_price_at,
        lots.grant_id,
        lots.contract_id,
        lots.currency,
        lots.net_consideration,
        lots.units - lots.refunded_units as units
    from spans
    inner join (
        select distinct
            run_number,
            grant_id,
            version_number
        from {{ ref('int_wallet_lots') }}
    ) as held on held.run_number = spans.run_number
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = held.grant_id
        and lots.version_number = held.version_number
        and lots.consideration > 0
        and lots.treatment <> 'PRICE_REDUCTION'
        and not lots.is_refundable
        and coalesce(lots.granted_at < spans.to_at, true)
),

taken as (
    select
        lots.run_number,
        lots.blend_number,
        lots.grant_id,
        sum(case when taken.taken_at < lots.from_at then taken.units else 0 end) as taken_before,
        sum(case when taken.taken_at >= coalesce(lots.from_at, taken.taken_at) and coalesce(taken.taken_at < lots.to_at, true) then taken.units else 0 end) as taken
    from lots
    inner join {{ ref('int_wallet_taken') }} as taken
        on taken.run_number = lots.run_number
        and taken.grant_id = lots.grant_id
    group by lots.run_number, lots.blend_number, lots.grant_id
),

-- What was kept of units paid back, by the blends so far.
kept as (
    select
        lots.run_number,
        lots.blend_number,
        lots.grant_id,
        sum(blends.kept_amount) as kept_to_date,
        sum(case when blends.blend_number = lots.blend_number then blends.kept_amount else 0 end) as kept
    from lots
    inner join blends
        on blends.run_number = lots.run_number
        and blends.kept_grant_id = lots.grant_id
        and blends.blend_number <= lots.blend_number
    group by lots.run_number, lots.blend_number, lots.grant_id
),

-- What is paid back with a later blend is still there.
paid_back as (
    select
        lots.run_number,
        lots.blend_number,
        lots.grant_id,
        sum(case when blends.blend_number > lots.blend_number then blends.refunded_units else 0 end) as later_units,
        sum(case when blends.blend_number > lots.blend_number then blends.refunded_amount else 0 end) as later_amount,
        sum(case when blends.blend_number = lots.blend_number then blends.refunded_amount else 0 end) as refunded
    from lots
    inner join blends
        on blends.run_number = lots.run_number
        and blends.kept_grant_id = lots.grant_id
    group by lots.run_number, lots.blend_number, lots.grant_id
),

int_wallet_blends__steps as (
    select
        lots.run_number,
        lots.blend_number,
        lots.grant_id,
        contracts.minor_unit_exponent,
        -- what was bought since without an event keeps its own price until the next one, and what other contracts of a pool bought
        coalesce(
            lots.grant_id = lots.kept_grant_id
            or lots.contract_id = lots.blended_contract_id
            and grants.granted_at <= lots.one_price_at
            -- nothing was left to have a price: what was kept is earned
            and not (kept.kept_to_date is not null and lots.units + coalesce(paid_back.later_units, 0) <= coalesce(taken.taken_before, 0)),
            false
        ) as is_shared,
        cast(lots.net_consideration + coalesce(kept.kept_to_date, 0) + coalesce(paid_back.later_amount, 0) as decimal(38, 18)) as price,
        cast(coalesce(kept.kept, 0) as decimal(38, 18)) as kept,
        cast(coalesce(paid_back.refunded, 0) as decimal(38, 18)) as refunded,
        cast(lots.units + coalesce(paid_back.later_units, 0) - coalesce(taken.taken_before, 0) as decimal(38, 18)) as units_left,
        cast(coalesce(taken.taken, 0) as decimal(38, 18)) as units_taken
    from lots
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = lots.grant_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lots.contract_id
    left join taken
        on taken.run_number = lots.run_number
        and taken.blend_number = lots.blend_number
        and taken.grant_id = lots.grant_id
    left join kept
        on kept.run_number = lots.run_number
        and kept.blend_number = lots.blend_number
        and kept.grant_id = lots.grant_id
    left join paid_back
        on paid_back.run_number = lots.run_number
        and paid_back.blend_number = lots.blend_number
        and paid_back.grant_id = lots.grant_id
)

select * from int_wallet_blends__steps

-- One row per lot whose vendor reports its draws, movement and accounting period: the vendor's units beside ours, and why they differ.
--
-- Our draws count (election `draw_source` own): at the time of use, where vendors draw by invoice or
-- by day, in another order, or for use that no meter sees.
with

vendor_events as (
    select
        grants.grant_id,
        grants.entity_id,
        case events.kind when 'expire' then 'expiry' else 'draw' end as movement,
        case events.kind when 'undraw' then -events.units else events.units end as units,
        -- an end is exclusive: what ends as a period begins ended in the one before
        case
            when events.kind = 'expire' then {{ instant('occurred_at', 'entities.time_zone', 'events') }} - interval 1 microsecond
            else {{ instant('occurred_at', 'entities.time_zone', 'events') }}
        end as moved_at
    from {{ accepted(ref('stg_credit_events')) }} as events
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = events.grant_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = grants.entity_id
    where
        events.kind in ('draw', 'undraw', 'expire')
        and events.known_until_at is null
        and not grants.is_withdrawn
),

vendor as (
    select
        vendor_events.grant_id,
        vendor_events.movement,
        coalesce(moved.period_ordinal, 1) as period_ordinal,
        sum(vendor_events.units) as vendor_units,
        cast(0 as decimal(38, 18)) as own_units
    from vendor_events
    {{ join_period_of('moved', 'vendor_events.entity_id', 'vendor_events.moved_at') }}
    group by vendor_events.grant_id, vendor_events.movement, coalesce(moved.period_ordinal, 1)
),

own as (
    select
        grant_id,
        taken_by as movement,
        service_ordinal as period_ordinal,
        cast(0 as decimal(38, 9)) as vendor_units,
        sum(units) as own_units
    from {{ ref('fct_credit_draws') }}
    where
        taken_by in ('draw', 'expiry')
        and grant_id in (select grant_id from vendor)
    group by grant_id, taken_by, service_ordinal
),

compared as (
    select
        moves.grant_id,
        moves.movement,
        moves.period_ordinal,
        grants.entity_id,
        grants.contract_id,
        grants.wallet_id,
        grants.unit_code,
        grants.not_drawn_reason is not null or unsupported.line_id is not null as is_not_drawn,
        grants.units as granted_units,
        cast(sum(moves.vendor_units) as decimal(38, 18)) as vendor_units,
        cast(sum(moves.own_units) as decimal(38, 18)) as own_units
    from (
        select * from vendor
        union all
        select * from own
    ) as moves
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = moves.grant_id
    left join {{ ref('fct_unsupported_lines') }} as unsupported on unsupported.line_id = grants.line_id
    group by
        moves.grant_id,
        moves.movement,
        moves.period_ordinal,
        grants.entity_id,
        grants.contract_id,
        grants.wallet_id,
        grants.unit_code,
        grants.not_drawn_reason is not null or unsupported.line_id is not null,
        grants.units
),

summed as (
    select
        *,
        sum(vendor_units) over lot as lot_vendor_units,
        sum(own_units) over lot as lot_own_units,
        sum(vendor_units) over wallet as wallet_vendor_units,
        sum(own_units) over wallet as wallet_own_units,
        sum(own_units) over use as used_units
    from compared
    window
        lot as (partition by grant_id, movement),
        wallet as (partition by wallet_id, unit_code, movement, period_ordinal),
        use as (partition by wallet_id, unit_code, movement)
),

fct_credit_draw_reconciliation as (
    select
        summed.entity_id,
        summed.contract_id,
        summed.grant_id,
        summed.movement,
        periods.period_id,
        summed.unit_code,
        summed.vendor_units,
        summed.own_units,
        cast(summed.vendor_units - summed.own_units as decimal(38, 18)) as difference_units,
        case
            when summed.vendor_units = summed.own_units then null
            when summed.is_not_drawn then 'NOT_DRAWN'
            when summed.lot_vendor_units = summed.lot_own_units then 'TIMING'
            when summed.wallet_vendor_units = summed.wallet_own_units then 'BURN_ORDER'
            when summed.movement = 'draw' and summed.lot_vendor_units > summed.granted_units then 'BEYOND_BALANCE'
            when summed.movement = 'draw' and summed.used_units = 0 then 'NOT_METERED'
            -- what was drawn to another amount lapses to another amount
            when summed.movement = 'expiry' then 'FOLLOWS_DRAWS'
            else 'QUANTITY'
        end as cause
    from summed
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = summed.entity_id
        and periods.period_ordinal = summed.period_ordinal
)

select * from fct_credit_draw_reconciliation

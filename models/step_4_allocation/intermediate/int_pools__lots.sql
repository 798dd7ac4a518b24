-- One row per lot of prepaid credits that shares in the price of a pool, and window of belief: its units and what was paid for them.
with

windows as (
    select
        windows.pool_id,
        agreements.contract_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family
    from {{ ref('int_pools__windows') }} as windows
    inner join {{ ref('int_pools__agreements') }} as agreements
        on agreements.agreement_id = windows.agreement_id
        and agreements.from_ordinal <= windows.window_from_ordinal
        and agreements.to_ordinal > windows.window_from_ordinal
    where windows.tranche_ordinal = 0
),

int_pools__lots as (
    select
        windows.*,
        lots.obligation_id,
        lots.line_id,
        lots.grant_id,
        lots.unit_code,
        lots.units,
        lots.net_consideration
    from {{ ref('int_pools__lots_sold') }} as lots
    inner join windows
        on windows.contract_id = lots.contract_id
        and windows.window_from_ordinal >= lots.known_from_ordinal
        and windows.window_to_ordinal <= lots.known_to_ordinal
)

select * from int_pools__lots

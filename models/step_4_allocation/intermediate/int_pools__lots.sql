-- One row per lot of prepaid credits that shares in the price of a pool, and window of belief: its units and what was paid for them.
with

windows as (
    {{ windows_as_first_agreed() }}
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

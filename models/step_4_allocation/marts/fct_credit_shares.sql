-- One row per lot of prepaid credits that shares in the price of its contract and closes that believed so: what the allocation adds to what was paid for it.
--
-- The share of a line lies over its lots by what was paid for them, so that they add up to it (D10; ASC 606-10-32-31, IFRS 15.76).
with

lots as (
    select
        lots.*,
        shares.entity_id,
        cast(shares.share_amount - shares.stated_amount as decimal(38, 18)) as line_amount,
        sum(lots.net_consideration) over (partition by lots.pool_id, lots.window_from_ordinal, lots.line_id) as whole_weight,
        sum(lots.net_consideration) over (
            partition by lots.pool_id, lots.window_from_ordinal, lots.line_id
            order by lots.grant_id rows between unbounded preceding and current row
        ) as weight_to_here
    from {{ ref('int_pools__lots') }} as lots
    inner join {{ ref('fct_allocation_shares') }} as shares
        on shares.pool_id = lots.pool_id
        and shares.known_from_ordinal = lots.window_from_ordinal
        and shares.line_id = lots.line_id
        and shares.source = 'credits'
),

measured as (
    {{ with_ratio('lots', 'line_amount', 'whole_weight') }}
),

fct_credit_shares as (
    select
        grant_id,
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        cast(window_from_ordinal as integer) as known_from_ordinal,
        cast(window_to_ordinal as integer) as known_to_ordinal,
        cast(arrived_family as integer) as arrived_family,
        cast(replaced_family as integer) as replaced_family,
        cast(units as decimal(38, 9)) as units,
        cast(net_consideration as decimal(38, 18)) as stated_amount,
        cast({{ spread_at_ratio('line_amount', 'net_consideration', 'weight_to_here', 'whole_weight') }} as decimal(38, 18)) as share_amount
    from measured
)

select * from fct_credit_shares

-- One row per promise of a pool without a positive standalone price or with a share below zero, and per pool whose shares do not sum to its price (I7, I27).
with

shares as (
    select * from {{ ref('fct_allocation_shares') }}
),

unsound as (
    select
        entity_id,
        obligation_id as subject,
        case when share_amount < 0 then 0 else standalone_amount end as expected_amount,
        share_amount as actual_amount
    from shares
    where
        -- where the book has no price, or the residual is not allowed, an exception says so
        standalone_amount <= 0 and not lacks_ssp and not is_priced_by_use and residual_refused is null and method in ('RELATIVE_SSP', 'DISCOUNT_SPECIFIC', 'RESIDUAL', 'STANDALONE_PRICE')
        or share_amount < 0 and pool_price >= 0 and method <> 'ELECTED_SPECIFIC'
),

unequal as (
    select
        min(entity_id) as entity_id,
        pool_id as subject,
        max(pool_price) as expected_amount,
        sum(share_amount) as actual_amount
    from shares
    group by pool_id, known_from_ordinal
    having sum(share_amount) <> max(pool_price)
),

found as (
    select * from unsound
    union all
    select * from unequal
),

chk_allocation_shares_are_sound as (
    select
        'chk_allocation_shares_are_sound' as control_code,
        '*' as book,
        entity_id,
        cast(null as varchar) as period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from found
)

select * from chk_allocation_shares_are_sound

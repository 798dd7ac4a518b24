-- One row per lot of prepaid credits that shares in the price of its contract and revision: what that knowledge changed in its price, and in that of a unit, beside what was paid for it.
--
-- The ratio is that of with_ratio; columns and signs are those of int_included_lots__prices.
with

shares as (
    select * from {{ ref('fct_credit_shares') }}
),

divided as (
    {{ with_ratio('shares', 'share_amount', 'units') }}
),

written as (
    {{ arrivals_and_replacements('divided') }}
),

int_shared_lots__prices as (
    select
        grant_id,
        'both' as book_scope,
        cast(revision as integer) as revision,
        cast(sum(direction * ratio_whole) as decimal(38, 0)) as ratio_whole,
        cast(sum(direction * ratio_rest) as decimal(38, 0)) as ratio_rest,
        cast(sum(direction * share_amount) as decimal(38, 18)) as amount
    from written
    group by grant_id, revision
    having sum(direction * ratio_whole) <> 0 or sum(direction * ratio_rest) <> 0 or sum(direction * share_amount) <> 0
)

select * from int_shared_lots__prices

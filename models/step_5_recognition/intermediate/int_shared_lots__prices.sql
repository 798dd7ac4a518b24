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
    {{ moves_of_lot_prices('written', 'share_amount', "'both'") }}
)

select * from int_shared_lots__prices

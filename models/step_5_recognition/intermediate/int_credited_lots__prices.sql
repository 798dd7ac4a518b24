-- One row per lot of prepaid credits whose price a credit note changes and revision: what that knowledge changed in its price, and in that of a unit, beside what was paid for it.
--
-- What was drawn is caught up, what is left earns less (ASC 606-10-32-43, IFRS 15.88). The ratio is that of with_ratio; columns and signs are those
-- of int_included_lots__prices.
with

divided as (
    {{ with_ratio(ref('fct_credited_lots'), 'amount', 'units') }}
),

written as (
    {{ arrivals_and_replacements('divided') }}
),

int_credited_lots__prices as (
    {{ moves_of_lot_prices('written', 'amount') }}
)

select * from int_credited_lots__prices

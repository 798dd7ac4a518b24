-- What of each price is still to be earned (ASC 606-10-50-13, IFRS 15.120), as each close knew it. One row per book, contract and close.
--
-- Renewals that are only expected are left out. Dated is what the terms give to later periods; the rest comes with use, delivery or
-- progress. No expedient is applied: leave out contracts of a year or less, and use that is invoiced as it is served, if you elected so.
with

closes as (
    select
        entity_id,
        period_id,
        period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where has_begun
),

prices as (
    select
        prices.book,
        prices.entity_id,
        prices.contract_id,
        prices.currency,
        closes.period_id,
        closes.period_ordinal,
        prices.component,
        prices.amount
    from {{ ref('fct_transaction_prices') }} as prices
    inner join closes
        on closes.entity_id = prices.entity_id
        and closes.period_ordinal >= prices.as_of_ordinal
    qualify rank() over (
        partition by prices.book, prices.contract_id, closes.period_ordinal
        order by prices.as_of_ordinal desc
    ) = 1
),

price as (
    select
        book,
        entity_id,
        contract_id,
        currency,
        period_id,
        period_ordinal,
        sum(case when component = 'expected_renewals' then 0 else amount end) as price_amount
    from prices
    group by book, entity_id, contract_id, currency, period_id, period_ordinal
),

recognised as (
    select
        price.book,
        price.contract_id,
        price.period_ordinal,
        sum(revenue.amount) as amount
    from price
    inner join {{ ref('fct_revenue_recognised') }} as revenue
        on revenue.book = price.book
        and revenue.contract_id = price.contract_id
        and revenue.period_ordinal <= price.period_ordinal
    group by price.book, price.contract_id, price.period_ordinal
),

dated as (
    select
        price.book,
        price.contract_id,
        price.period_ordinal,
        sum(case when waterfall.service_ordinal <= price.period_ordinal + 12 then waterfall.amount else 0 end) as next_twelve_periods_amount,
        sum(waterfall.amount) as amount
    from price
    inner join {{ ref('fct_revenue_waterfall') }} as waterfall
        on waterfall.book = price.book
        and waterfall.contract_id = price.contract_id
        and waterfall.known_ordinal <= price.period_ordinal
        and waterfall.service_ordinal > price.period_ordinal
    group by price.book, price.contract_id, price.period_ordinal
)

select
    price.book,
    price.entity_id,
    price.contract_id,
    price.period_id as as_of_close,
    price.currency,
    price.price_amount,
    coalesce(recognised.amount, 0) as recognised_amount,
    price.price_amount - coalesce(recognised.amount, 0) as remaining_amount,
    coalesce(dated.next_twelve_periods_amount, 0) as dated_next_twelve_periods_amount,
    coalesce(dated.amount, 0) as dated_amount
from price
left join recognised
    on recognised.book = price.book
    and recognised.contract_id = price.contract_id
    and recognised.period_ordinal = price.period_ordinal
left join dated
    on dated.book = price.book
    and dated.contract_id = price.contract_id
    and dated.period_ordinal = price.period_ordinal
order by price.book, price.contract_id, price.period_ordinal

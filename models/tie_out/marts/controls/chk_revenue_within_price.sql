-- One row per book and obligation whose revenue to date is below zero or above its share of the transaction price (I8).
--
-- Where a change of terms moved price between obligations, all of them are measured as one.
with

moved as (
    {{ contracts_whose_price_moved() }}
),

price_sets as (
    select
        obligations.obligation_id,
        obligations.minor_unit_exponent,
        case when moved.contract_id is not null then contracts.contract_group_id else obligations.obligation_id end as price_set
    from {{ ref('dim_obligations') }} as obligations
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = obligations.contract_id
    left join moved on moved.contract_id = obligations.contract_id
),

revenue as (
    select
        revenue.book,
        revenue.entity_id,
        price_sets.price_set,
        price_sets.minor_unit_exponent,
        sum(revenue.amount) as amount
    from {{ ref('fct_revenue_recognised') }} as revenue
    inner join price_sets on price_sets.obligation_id = revenue.obligation_id
    -- what is kept without a contract has no price
    where revenue.component <> 'deposit_release'
    group by revenue.book, revenue.entity_id, price_sets.price_set, price_sets.minor_unit_exponent
),

latest as (
    select
        book,
        obligation_id,
        component,
        amount
    from {{ ref('fct_price_allocations') }}
    qualify row_number() over (partition by book, obligation_id, component order by as_of_ordinal desc) = 1
),

shares as (
    select
        latest.book,
        price_sets.price_set,
        -- what a price takes from usage as it is used is no limit to what is used
        sum(case when latest.component = 'fixed' and latest.amount < 0 then 0 else latest.amount end) as amount
    from latest
    inner join price_sets on price_sets.obligation_id = latest.obligation_id
    group by latest.book, price_sets.price_set
),

chk_revenue_within_price as (
    select
        'chk_revenue_within_price' as control_code,
        revenue.book,
        revenue.entity_id,
        cast(null as varchar) as period_id,
        revenue.price_set as subject,
        cast(case when revenue.amount < 0 then 0 else coalesce(shares.amount, 0) end as decimal(38, 18)) as expected_amount,
        cast(revenue.amount as decimal(38, 18)) as actual_amount
    from revenue
    left join shares
        on shares.book = revenue.book
        and shares.price_set = revenue.price_set
    where
        revenue.amount < 0
        or revenue.amount > {{ round_to_minor_unit('coalesce(shares.amount, 0)', 'revenue.minor_unit_exponent') }}
)

select * from chk_revenue_within_price

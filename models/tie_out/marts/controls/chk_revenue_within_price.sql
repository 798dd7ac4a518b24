-- One row per book and obligation whose revenue to date is below zero or above its share of the transaction price (I8).
with

revenue as (
    select
        book,
        entity_id,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_recognised') }}
    group by book, entity_id, obligation_id
),

latest as (
    select
        book,
        obligation_id,
        component,
        amount
    from {{ ref('fct_price_allocations') }}
    qualify row_number() over (partition by book, obligation_id, component order by as_of_period_id desc) = 1
),

shares as (
    select
        book,
        obligation_id,
        -- what a price takes from usage as it is used is no limit to what is used
        sum(case when component = 'fixed' and amount < 0 then 0 else amount end) as amount
    from latest
    group by book, obligation_id
),

chk_revenue_within_price as (
    select
        'chk_revenue_within_price' as control_code,
        revenue.book,
        revenue.entity_id,
        cast(null as varchar) as period_id,
        revenue.obligation_id as subject,
        cast(case when revenue.amount < 0 then 0 else coalesce(shares.amount, 0) end as decimal(38, 18)) as expected_amount,
        cast(revenue.amount as decimal(38, 18)) as actual_amount
    from revenue
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = revenue.obligation_id
    left join shares
        on shares.book = revenue.book
        and shares.obligation_id = revenue.obligation_id
    where
        revenue.amount < 0
        or revenue.amount > {{ round_to_minor_unit('coalesce(shares.amount, 0)', 'obligations.minor_unit_exponent') }}
)

select * from chk_revenue_within_price

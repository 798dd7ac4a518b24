-- One row per book and contract whose allocated amounts do not sum to its transaction price (I7).
with

latest_price as (
    select
        book,
        entity_id,
        contract_id,
        component,
        amount
    from {{ ref('fct_transaction_prices') }}
    qualify row_number() over (partition by book, contract_id, component order by as_of_period_id desc) = 1
),

latest_allocation as (
    select
        book,
        contract_id,
        obligation_id,
        component,
        amount
    from {{ ref('fct_price_allocations') }}
    qualify row_number() over (partition by book, obligation_id, component order by as_of_period_id desc) = 1
),

prices as (
    select
        book,
        entity_id,
        contract_id,
        sum(amount) as amount
    from latest_price
    group by book, entity_id, contract_id
),

allocations as (
    select
        book,
        contract_id,
        sum(amount) as amount
    from latest_allocation
    group by book, contract_id
),

chk_allocation_is_complete as (
    select
        'chk_allocation_is_complete' as control_code,
        prices.book,
        prices.entity_id,
        cast(null as varchar) as period_id,
        prices.contract_id as subject,
        cast(prices.amount as decimal(38, 18)) as expected_amount,
        cast(allocations.amount as decimal(38, 18)) as actual_amount
    from prices
    left join allocations
        on allocations.book = prices.book
        and allocations.contract_id = prices.contract_id
    where prices.amount is distinct from allocations.amount
)

select * from chk_allocation_is_complete

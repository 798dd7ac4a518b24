-- One row per book and contract, or contracts combined into one, whose allocated amounts do not sum to the transaction price (I7).
with

agreements as (
    select
        contract_id,
        contract_group_id
    from {{ ref('dim_contracts') }}
),

latest_price as (
    select
        book,
        entity_id,
        contract_id,
        component,
        amount
    from {{ ref('fct_transaction_prices') }}
    qualify row_number() over (partition by book, contract_id, component order by as_of_ordinal desc) = 1
),

latest_allocation as (
    select
        book,
        contract_id,
        obligation_id,
        component,
        amount
    from {{ ref('fct_price_allocations') }}
    qualify row_number() over (partition by book, obligation_id, component order by as_of_ordinal desc) = 1
),

prices as (
    select
        latest_price.book,
        latest_price.entity_id,
        agreements.contract_group_id,
        sum(latest_price.amount) as amount
    from latest_price
    inner join agreements on agreements.contract_id = latest_price.contract_id
    group by latest_price.book, latest_price.entity_id, agreements.contract_group_id
),

allocations as (
    select
        latest_allocation.book,
        agreements.contract_group_id,
        sum(latest_allocation.amount) as amount
    from latest_allocation
    inner join agreements on agreements.contract_id = latest_allocation.contract_id
    group by latest_allocation.book, agreements.contract_group_id
),

chk_allocation_is_complete as (
    select
        'chk_allocation_is_complete' as control_code,
        prices.book,
        prices.entity_id,
        cast(null as varchar) as period_id,
        prices.contract_group_id as subject,
        cast(prices.amount as decimal(38, 18)) as expected_amount,
        cast(allocations.amount as decimal(38, 18)) as actual_amount
    from prices
    left join allocations
        on allocations.book = prices.book
        and allocations.contract_group_id = prices.contract_group_id
    where prices.amount is distinct from allocations.amount
)

select * from chk_allocation_is_complete

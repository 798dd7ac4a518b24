-- One row per contract and period in which the books recognise different revenue without a difference code (I29).
with

revenue as (
    select
        entity_id,
        contract_id,
        period_id,
        sum(case book when 'asc606' then amount else 0 end) as asc606_amount,
        sum(case book when 'ifrs15' then amount else 0 end) as ifrs15_amount
    from {{ ref('fct_revenue_recognised') }}
    group by entity_id, contract_id, period_id
),

explained as (
    select distinct contract_id
    from {{ ref('fct_contract_gates') }}
    where difference_code is not null
    union
    select contract_id from {{ ref('fct_deposit_releases') }}
    union
    select distinct contract_id
    from {{ ref('dim_obligations') }}
    where difference_code is not null
    union
    -- measured at receipt under IFRS 15 (X10)
    select distinct contract_id
    from {{ ref('fct_price_parts') }}
    where book_scope <> 'both'
    union
    -- left aside under ASC 606 (X8)
    select distinct contract_id
    from {{ ref('fct_immaterial_promises') }}
    where is_immaterial
    union
    -- a policy on outcomes elected for one book (D17)
    select distinct contract_id
    from {{ ref('fct_outcome_policies') }}
    where book_scope <> 'both'
),

chk_books_differ_with_reason as (
    select
        'chk_books_differ_with_reason' as control_code,
        '*' as book,
        revenue.entity_id,
        revenue.period_id,
        revenue.contract_id as subject,
        cast(revenue.asc606_amount as decimal(38, 18)) as expected_amount,
        cast(revenue.ifrs15_amount as decimal(38, 18)) as actual_amount
    from revenue
    left join explained on explained.contract_id = revenue.contract_id
    where
        revenue.asc606_amount is distinct from revenue.ifrs15_amount
        and explained.contract_id is null
)

select * from chk_books_differ_with_reason

-- One row per book, obligation and period with revenue before the contract met the criteria of that book (I22).
with

gates as (
    select
        books.book,
        gates.contract_id,
        gates.gate_ordinal,
        gates.until_ordinal
    from {{ ref('fct_contract_gates') }} as gates
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
),

chk_revenue_has_contract as (
    select
        'chk_revenue_has_contract' as control_code,
        revenue.book,
        revenue.entity_id,
        revenue.period_id,
        revenue.obligation_id as subject,
        cast(0 as decimal(38, 18)) as expected_amount,
        cast(revenue.amount as decimal(38, 18)) as actual_amount
    from {{ ref('fct_revenue_recognised') }} as revenue
    left join gates
        on gates.book = revenue.book
        and gates.contract_id = revenue.contract_id
    where
        revenue.cause_code <> 'LOGIC_CHANGE'
        and (
            gates.gate_ordinal is null
            or revenue.period_ordinal < gates.gate_ordinal
            or revenue.period_ordinal >= gates.until_ordinal and revenue.current_amount > 0
        )
)

select * from chk_revenue_has_contract

-- One row per book, obligation and period with revenue while there was no contract under the criteria of that book (I22).
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

losses as (
    select
        books.book,
        losses.contract_id,
        losses.lost_ordinal,
        losses.regained_ordinal
    from {{ ref('fct_contract_losses') }} as losses
    inner join {{ ref('books') }} as books on books.book_scope = losses.book_scope
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
    -- lots were paid before the customer's credit went bad, and go on
    left join losses
        on losses.book = revenue.book
        and losses.contract_id = revenue.contract_id
        and losses.lost_ordinal < revenue.period_ordinal
        and losses.regained_ordinal > revenue.period_ordinal
        and revenue.component not in ('drawdown', 'expiry')
    where
        revenue.cause_code <> 'LOGIC_CHANGE'
        -- what was paid for good is earned without a contract (ASC 606-10-25-7, IFRS 15.15)
        and revenue.component <> 'deposit_release'
        and (
            gates.gate_ordinal is null
            or revenue.period_ordinal < gates.gate_ordinal
            or revenue.period_ordinal >= gates.until_ordinal and revenue.current_amount > 0
            or losses.contract_id is not null and revenue.current_amount > 0
        )
)

select * from chk_revenue_has_contract

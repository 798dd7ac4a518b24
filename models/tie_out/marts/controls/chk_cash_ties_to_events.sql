-- One row per book and contract whose cash account does not hold what its cash events say (I31).
with

payables as (
    select
        contract_id,
        bool_and(earned_as = 'distinct_purchase') as is_distinct_purchase
    from {{ ref('fct_price_parts') }}
    where component = 'payable_to_customer'
    group by contract_id
),

-- Write-offs and balances applied move no cash; a withdrawn event (a payment that bounced) nets to zero.
events as (
    select
        cash.contract_id,
        cash.entity_id,
        sum(case when cash.kind in ('refund', 'chargeback', 'payment_to_customer', 'escheatment') then -cash.amount else cash.amount end) as amount
    from {{ ref('fct_cash_events') }} as cash
    left join payables on payables.contract_id = cash.contract_id
    inner join {{ ref('dim_accounting_periods') }} as happened
        on happened.entity_id = cash.entity_id
        and happened.start_date <= cash.occurred_date
        and happened.end_date > cash.occurred_date
        and happened.has_begun
    where
        cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'recovery', 'payment_to_customer', 'escheatment')
        -- what buys something distinct from the customer is no cash of the contract
        and not (cash.kind = 'payment_to_customer' and coalesce(payables.is_distinct_purchase, false))
    group by cash.contract_id, cash.entity_id
),

expected as (
    select
        books.book,
        events.contract_id,
        events.entity_id,
        events.amount
    from events
    inner join {{ ref('fct_contract_gates') }} as gates on gates.contract_id = events.contract_id
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
),

journal as (
    select
        book,
        contract_id,
        entity_id,
        sum(debit_amount - credit_amount) as amount
    from {{ ref('fct_journal_lines') }}
    where posting_role = 'cash' and event_type <> 'manual_adjustment'
    group by book, contract_id, entity_id
),

chk_cash_ties_to_events as (
    select
        'chk_cash_ties_to_events' as control_code,
        coalesce(expected.book, journal.book) as book,
        coalesce(expected.entity_id, journal.entity_id) as entity_id,
        cast(null as varchar) as period_id,
        coalesce(expected.contract_id, journal.contract_id) as subject,
        cast(coalesce(expected.amount, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(journal.amount, 0) as decimal(38, 18)) as actual_amount
    from expected
    full outer join journal
        on journal.book = expected.book
        and journal.contract_id = expected.contract_id
    where coalesce(expected.amount, 0) <> coalesce(journal.amount, 0)
)

select * from chk_cash_ties_to_events

-- One row per book, journal and currency whose debits and credits differ (I1).
with

chk_journal_balances as (
    select
        'chk_journal_balances' as control_code,
        book,
        entity_id,
        period_id,
        journal_id as subject,
        cast(sum(debit_amount) as decimal(38, 18)) as expected_amount,
        cast(sum(credit_amount) as decimal(38, 18)) as actual_amount
    from {{ ref('fct_journal_lines') }}
    group by book, entity_id, period_id, journal_id, currency
    having
        sum(debit_amount) is distinct from sum(credit_amount)
        or sum(functional_debit_amount) is distinct from sum(functional_credit_amount)
)

select * from chk_journal_balances

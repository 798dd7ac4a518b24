-- The trial balance of the subledger: one row per book, entity, period, account and currency, with the balance to date.
with

movements as (
    select
        book,
        entity_id,
        period_id,
        period_ordinal,
        account_code,
        account_name,
        currency,
        sum(debit_amount) as debit_amount,
        sum(credit_amount) as credit_amount
    from {{ ref('fct_journal_lines') }}
    group by book, entity_id, period_id, period_ordinal, account_code, account_name, currency
)

select
    *,
    sum(debit_amount - credit_amount) over (
        partition by book, entity_id, account_code, currency order by period_ordinal
    ) as balance_to_date
from movements
order by book, entity_id, period_ordinal, account_code, currency

-- One row per book, entity, period, account and currency that moved otherwise than the general ledger says (I31).
--
-- Only where gl_balances states the account: what it does not state was not asked to tie.
with

stated as (
    select
        books.book,
        balances.entity_id,
        balances.period_id,
        balances.account_code,
        balances.currency,
        balances.debit_amount - balances.credit_amount as amount
    from {{ accepted(ref('stg_gl_balances')) }} as balances
    inner join (select distinct book from {{ ref('books') }}) as books on balances.book in (books.book, '*')
    where balances.known_until_at is null
),

journal as (
    select
        book,
        entity_id,
        period_id,
        account_code,
        currency,
        sum(debit_amount - credit_amount) as amount
    from {{ ref('fct_journal_lines') }}
    group by book, entity_id, period_id, account_code, currency
),

chk_ledger_ties_to_gl as (
    select
        'chk_ledger_ties_to_gl' as control_code,
        stated.book,
        stated.entity_id,
        stated.period_id,
        stated.account_code || ':' || stated.currency as subject,
        cast(stated.amount as decimal(38, 18)) as expected_amount,
        cast(coalesce(journal.amount, 0) as decimal(38, 18)) as actual_amount
    from stated
    left join journal
        on journal.book = stated.book
        and journal.entity_id = stated.entity_id
        and journal.period_id = stated.period_id
        and journal.account_code = stated.account_code
        and journal.currency = stated.currency
    where stated.amount <> coalesce(journal.amount, 0)
)

select * from chk_ledger_ties_to_gl

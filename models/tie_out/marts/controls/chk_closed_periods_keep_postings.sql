-- One row per sealed period, book and currency whose journal is not what was stored when it closed (I3).
with

sealed_periods as (
    select * from {{ ref('dim_sealed_periods') }}
),

stored as (
    select
        book,
        entity_id,
        period_id,
        account_code,
        sum(debit_amount - credit_amount) as amount,
        count(*) as line_count
    from {{ source('state', 'posted_journal_lines') }}
    where (entity_id, period_id) in (select (entity_id, period_id) from sealed_periods)
    group by book, entity_id, period_id, account_code
),

shown as (
    select
        lines.book,
        lines.entity_id,
        lines.period_id,
        lines.account_code,
        sum(lines.debit_amount - lines.credit_amount) as amount,
        count(*) as line_count
    from {{ ref('fct_journal_lines') }} as lines
    inner join sealed_periods
        on sealed_periods.entity_id = lines.entity_id
        and sealed_periods.period_id = lines.period_id
    group by lines.book, lines.entity_id, lines.period_id, lines.account_code
),

chk_closed_periods_keep_postings as (
    select
        'chk_closed_periods_keep_postings' as control_code,
        coalesce(stored.book, shown.book) as book,
        coalesce(stored.entity_id, shown.entity_id) as entity_id,
        coalesce(stored.period_id, shown.period_id) as period_id,
        coalesce(stored.account_code, shown.account_code) as subject,
        cast(stored.amount as decimal(38, 18)) as expected_amount,
        cast(shown.amount as decimal(38, 18)) as actual_amount
    from stored
    full outer join shown
        on shown.book = stored.book
        and shown.entity_id = stored.entity_id
        and shown.period_id = stored.period_id
        and shown.account_code = stored.account_code
    where
        stored.amount is distinct from shown.amount
        or stored.line_count is distinct from shown.line_count
)

select * from chk_closed_periods_keep_postings

-- One row per book, obligation and period whose revenue accounts do not tie to revenue recognised (I31).
with

journal as (
    select
        lines.book,
        lines.entity_id,
        lines.period_id,
        lines.obligation_id,
        sum(lines.credit_amount - lines.debit_amount) as amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as chart
        on chart.posting_role = lines.posting_role
        and (chart.posting_role like 'revenue%' or substr(chart.posting_role, 1, 7) = 'contra_')
    where lines.event_type <> 'manual_adjustment'
    group by lines.book, lines.entity_id, lines.period_id, lines.obligation_id
),

revenue as (
    select
        book,
        entity_id,
        period_id,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_recognised') }}
    group by book, entity_id, period_id, obligation_id
),

chk_journal_ties_to_revenue as (
    select
        'chk_journal_ties_to_revenue' as control_code,
        coalesce(revenue.book, journal.book) as book,
        coalesce(revenue.entity_id, journal.entity_id) as entity_id,
        coalesce(revenue.period_id, journal.period_id) as period_id,
        coalesce(revenue.obligation_id, journal.obligation_id) as subject,
        cast(coalesce(revenue.amount, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(journal.amount, 0) as decimal(38, 18)) as actual_amount
    from revenue
    full outer join journal
        on journal.book = revenue.book
        and journal.obligation_id = revenue.obligation_id
        and journal.period_id = revenue.period_id
    where coalesce(revenue.amount, 0) <> coalesce(journal.amount, 0)
)

select * from chk_journal_ties_to_revenue

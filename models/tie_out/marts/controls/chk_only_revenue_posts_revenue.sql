-- One row per book, journal and event that moves a revenue account and is no recognition of revenue (I22, I33).
with

chk_only_revenue_posts_revenue as (
    select
        'chk_only_revenue_posts_revenue' as control_code,
        lines.book,
        lines.entity_id,
        lines.period_id,
        lines.journal_id || ':' || lines.event_type as subject,
        cast(0 as decimal(38, 18)) as expected_amount,
        cast(sum(lines.credit_amount - lines.debit_amount) as decimal(38, 18)) as actual_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as chart
        on chart.posting_role = lines.posting_role
        and (chart.posting_role like 'revenue%' or substr(chart.posting_role, 1, 7) = 'contra_')
    -- what a change of logic adds to closed periods, and what is posted by hand, is revenue too, with its own name
    where lines.event_type not in ('revenue', 'logic_change', 'manual_adjustment')
    group by lines.book, lines.entity_id, lines.period_id, lines.journal_id, lines.event_type
)

select * from chk_only_revenue_posts_revenue

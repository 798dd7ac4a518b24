-- One row per book, entity, period and currency: revenue posted and balances at its end.
with

revenue as (
    select
        book,
        entity_id,
        period_id,
        currency,
        sum(current_amount) as current_amount,
        sum(catch_up_amount) as catch_up_amount,
        sum(modification_catch_up_amount) as modification_catch_up_amount,
        sum(amount) as revenue_amount
    from {{ ref('fct_revenue_recognised') }}
    group by book, entity_id, period_id, currency
),

balances as (
    select
        book,
        entity_id,
        period_id,
        currency,
        sum(case balance_kind when 'receivable' then closing_amount else 0 end) as receivable_amount,
        sum(case balance_kind when 'unbilled_receivable' then closing_amount else 0 end) as unbilled_receivable_amount,
        sum(case balance_kind when 'contract_asset' then closing_amount else 0 end) as contract_asset_amount,
        sum(case balance_kind when 'contract_liability' then closing_amount else 0 end) as contract_liability_amount,
        sum(case balance_kind when 'customer_deposit' then closing_amount else 0 end) as customer_deposit_amount
    from {{ ref('fct_contract_balances') }}
    group by book, entity_id, period_id, currency
),

-- Revenue by hand is no result of a rule and stands beside it.
adjustments as (
    select
        lines.book,
        lines.entity_id,
        lines.period_id,
        lines.currency,
        sum(lines.credit_amount - lines.debit_amount) as manual_adjustment_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as chart
        on chart.posting_role = lines.posting_role
        and (chart.posting_role like 'revenue%' or substr(chart.posting_role, 1, 7) = 'contra_')
    where lines.event_type = 'manual_adjustment'
    group by lines.book, lines.entity_id, lines.period_id, lines.currency
),

keys as (
    {%- for relation in ['revenue', 'balances', 'adjustments'] %}
        select
            book,
            entity_id,
            period_id,
            currency
        from {{ relation }}
        {% if not loop.last %}union{% endif %}
    {%- endfor %}
),

rpt_close_summary as (
    select
        keys.book,
        keys.entity_id,
        keys.period_id,
        keys.currency,
        cast(coalesce(revenue.current_amount, 0) as decimal(38, 4)) as current_amount,
        cast(coalesce(revenue.catch_up_amount, 0) as decimal(38, 4)) as catch_up_amount,
        cast(coalesce(revenue.modification_catch_up_amount, 0) as decimal(38, 4)) as modification_catch_up_amount,
        cast(coalesce(revenue.revenue_amount, 0) as decimal(38, 4)) as revenue_amount,
        cast(coalesce(adjustments.manual_adjustment_amount, 0) as decimal(38, 4)) as manual_adjustment_amount,
        cast(coalesce(balances.receivable_amount, 0) as decimal(38, 4)) as receivable_amount,
        cast(coalesce(balances.unbilled_receivable_amount, 0) as decimal(38, 4)) as unbilled_receivable_amount,
        cast(coalesce(balances.contract_asset_amount, 0) as decimal(38, 4)) as contract_asset_amount,
        cast(coalesce(balances.contract_liability_amount, 0) as decimal(38, 4)) as contract_liability_amount,
        cast(coalesce(balances.customer_deposit_amount, 0) as decimal(38, 4)) as customer_deposit_amount
    from keys
    left join revenue
        on revenue.book = keys.book
        and revenue.entity_id = keys.entity_id
        and revenue.period_id = keys.period_id
        and revenue.currency = keys.currency
    left join balances
        on balances.book = keys.book
        and balances.entity_id = keys.entity_id
        and balances.period_id = keys.period_id
        and balances.currency = keys.currency
    left join adjustments
        on adjustments.book = keys.book
        and adjustments.entity_id = keys.entity_id
        and adjustments.period_id = keys.period_id
        and adjustments.currency = keys.currency
)

select * from rpt_close_summary

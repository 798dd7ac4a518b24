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

rpt_close_summary as (
    select
        coalesce(revenue.book, balances.book) as book,
        coalesce(revenue.entity_id, balances.entity_id) as entity_id,
        coalesce(revenue.period_id, balances.period_id) as period_id,
        coalesce(revenue.currency, balances.currency) as currency,
        cast(coalesce(revenue.current_amount, 0) as decimal(38, 4)) as current_amount,
        cast(coalesce(revenue.catch_up_amount, 0) as decimal(38, 4)) as catch_up_amount,
        cast(coalesce(revenue.modification_catch_up_amount, 0) as decimal(38, 4)) as modification_catch_up_amount,
        cast(coalesce(revenue.revenue_amount, 0) as decimal(38, 4)) as revenue_amount,
        cast(coalesce(balances.receivable_amount, 0) as decimal(38, 4)) as receivable_amount,
        cast(coalesce(balances.unbilled_receivable_amount, 0) as decimal(38, 4)) as unbilled_receivable_amount,
        cast(coalesce(balances.contract_asset_amount, 0) as decimal(38, 4)) as contract_asset_amount,
        cast(coalesce(balances.contract_liability_amount, 0) as decimal(38, 4)) as contract_liability_amount,
        cast(coalesce(balances.customer_deposit_amount, 0) as decimal(38, 4)) as customer_deposit_amount
    from revenue
    full outer join balances
        on balances.book = revenue.book
        and balances.entity_id = revenue.entity_id
        and balances.period_id = revenue.period_id
        and balances.currency = revenue.currency
)

select * from rpt_close_summary

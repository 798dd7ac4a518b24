-- One row per book, contract and figure of it: price, allocation, schedule, revenue, balances, journal (steps 3 to 5 and the ledger).
with

prices as (
    select
        book,
        contract_id,
        'transaction price' as part,
        contract_id as subject,
        as_of_period_id as period_id,
        component as item,
        case when is_variable then 'variable; estimated ' || cast(estimated_amount as varchar) else 'fixed' end as note,
        currency,
        amount
    from {{ ref('fct_transaction_prices') }}
),

allocations as (
    select
        book,
        contract_id,
        'allocation' as part,
        obligation_id as subject,
        as_of_period_id as period_id,
        component as item,
        'standalone selling price ' || coalesce(cast(standalone_selling_price as varchar), 'not given') as note,
        currency,
        amount
    from {{ ref('fct_price_allocations') }}
),

schedule as (
    select
        book,
        contract_id,
        'schedule as known now' as part,
        obligation_id as subject,
        service_period_id as period_id,
        component as item,
        case when bool_or(is_after_as_of) then 'still ahead in part' else '' end as note,
        currency,
        sum(amount) as amount
    from {{ ref('fct_revenue_waterfall') }}
    group by 1, 2, 3, 4, 5, 6, 8
),

revenue as (
    select
        book,
        contract_id,
        'revenue posted' as part,
        obligation_id as subject,
        period_id,
        component || ', ' || lower(cause_code) as item,
        'current ' || cast(current_amount as varchar)
        || '; catch-up ' || cast(catch_up_amount as varchar)
        || '; catch-up of modifications ' || cast(modification_catch_up_amount as varchar) as note,
        currency,
        amount
    from {{ ref('fct_revenue_recognised') }}
),

balances as (
    select
        book,
        contract_id,
        'balance' as part,
        contract_id as subject,
        period_id,
        balance_kind as item,
        'opening ' || cast(opening_amount as varchar) as note,
        currency,
        closing_amount as amount
    from {{ ref('fct_contract_balances') }}
),

journal as (
    select
        book,
        contract_id,
        'journal' as part,
        journal_id as subject,
        period_id,
        account_code || ' ' || account_name as item,
        event_type || ' on ' || cast(entry_date as varchar) || ', ' || lower(cause_code) as note,
        currency,
        debit_amount - credit_amount as amount
    from {{ ref('fct_journal_lines') }}
),

figures as (
    select * from prices
    union all
    select * from allocations
    union all
    select * from schedule
    union all
    select * from revenue
    union all
    select * from balances
    union all
    select * from journal
),

int_contract_page__figures as (
    select * replace (cast(amount as decimal(38, 18)) as amount)
    from figures
)

select * from int_contract_page__figures

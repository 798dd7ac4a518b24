-- One row per book and contract whose balances are not its revenue and tax less its cash and write-offs (I10, I17).
--
-- Receivables and contract assets less liabilities and deposits, read from the balances, against
-- revenue, tax, cash and allowance, each read from where it arises. Billing appears on neither
-- side: it moves a contract between balances and never adds to them.
with

balances as (
    select
        book,
        entity_id,
        contract_id,
        sum(case
            when balance_kind in ('receivable', 'unbilled_receivable', 'contract_asset') then movement_amount
            else -movement_amount
        end) as amount
    from {{ ref('fct_contract_balances') }}
    group by book, entity_id, contract_id
),

sources as (
    select
        book,
        entity_id,
        contract_id,
        amount
    from {{ ref('fct_revenue_recognised') }}

    union all

    select
        lines.book,
        lines.entity_id,
        lines.contract_id,
        lines.credit_amount - lines.debit_amount as amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as chart
        on chart.posting_role = lines.posting_role
        and chart.balance_kind is null
        -- what is posted by hand to revenue is not in the revenue that the rules recognise
        and (lines.event_type = 'manual_adjustment' or chart.posting_role not like 'revenue%' and chart.posting_role not like 'contra%')
    where lines.contract_id is not null
),

expected as (
    select
        book,
        entity_id,
        contract_id,
        sum(amount) as amount
    from sources
    group by book, entity_id, contract_id
),

chk_contract_nets_to_sources as (
    select
        'chk_contract_nets_to_sources' as control_code,
        coalesce(expected.book, balances.book) as book,
        coalesce(expected.entity_id, balances.entity_id) as entity_id,
        cast(null as varchar) as period_id,
        coalesce(expected.contract_id, balances.contract_id) as subject,
        cast(coalesce(expected.amount, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(balances.amount, 0) as decimal(38, 18)) as actual_amount
    from expected
    full outer join balances
        on balances.book = expected.book
        and balances.contract_id = expected.contract_id
    where coalesce(expected.amount, 0) <> coalesce(balances.amount, 0)
)

select * from chk_contract_nets_to_sources

-- One row per book, contract, period and kind of balance, from the first line to the last period begun.
with

roles as (
    select distinct
        posting_role,
        balance_kind
    from {{ ref('chart_of_accounts') }}
    where balance_kind is not null
),

movements as (
    select
        lines.book,
        lines.contract_id,
        roles.balance_kind,
        lines.period_ordinal,
        -- a stored line says itself whose it is: today's contracts may no longer know it
        max(lines.entity_id) as entity_id,
        max(lines.customer_id) as customer_id,
        max(lines.currency) as currency,
        -- assets are positive as debits, liabilities as credits
        sum(case
            when roles.balance_kind in ('receivable', 'unbilled_receivable', 'contract_asset') then lines.debit_amount - lines.credit_amount
            else lines.credit_amount - lines.debit_amount
        end) as movement_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join roles on roles.posting_role = lines.posting_role
    -- a manual adjustment may be of no contract
    where lines.contract_id is not null
    group by 1, 2, 3, 4
),

-- A balance stands from the period it moved in until it moves again.
standing as (
    select
        *,
        sum(movement_amount) over in_order as closing_amount,
        lead(period_ordinal, 1, 999999) over in_order as next_ordinal
    from movements
    window in_order as (partition by book, contract_id, balance_kind order by period_ordinal)
),

closings as (
    select
        standing.book,
        standing.contract_id,
        standing.balance_kind,
        periods.entity_id,
        periods.period_id,
        periods.period_ordinal,
        standing.customer_id,
        standing.currency,
        case when periods.period_ordinal = standing.period_ordinal then standing.movement_amount else 0 end as movement_amount,
        standing.closing_amount
    from standing
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = standing.entity_id
        and periods.period_ordinal >= standing.period_ordinal
        and periods.period_ordinal < standing.next_ordinal
        and periods.has_begun
    where standing.closing_amount <> 0 or periods.period_ordinal = standing.period_ordinal
),

fct_contract_balances as (
    select
        closings.book,
        closings.entity_id,
        closings.customer_id,
        closings.contract_id,
        case when contracts.contract_group_from_ordinal <= closings.period_ordinal then contracts.contract_group_id else closings.contract_id end as contract_group_id,
        closings.period_id,
        closings.period_ordinal,
        closings.currency,
        closings.balance_kind,
        cast(closings.closing_amount - closings.movement_amount as decimal(38, 4)) as opening_amount,
        cast(closings.movement_amount as decimal(38, 4)) as movement_amount,
        cast(closings.closing_amount as decimal(38, 4)) as closing_amount,
        coalesce(entities.functional_currency, closings.currency) as functional_currency,
        case
            when coalesce(entities.functional_currency, closings.currency) = closings.currency
                then cast(closings.closing_amount as decimal(38, 4))
        end as functional_closing_amount,
        case
            when coalesce(entities.reporting_currency, closings.currency) = closings.currency
                then cast(closings.closing_amount as decimal(38, 4))
        end as reporting_closing_amount
    from closings
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = closings.entity_id
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = closings.contract_id
    where closings.closing_amount <> 0 or closings.movement_amount <> 0
)

select * from fct_contract_balances

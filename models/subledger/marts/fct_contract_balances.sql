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
        lines.entity_id,
        lines.customer_id,
        lines.contract_id,
        lines.currency,
        roles.balance_kind,
        lines.period_ordinal,
        -- assets are positive as debits, liabilities as credits
        sum(case
            when roles.balance_kind in ('receivable', 'unbilled_receivable', 'contract_asset') then lines.debit_amount - lines.credit_amount
            else lines.credit_amount - lines.debit_amount
        end) as movement_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join roles on roles.posting_role = lines.posting_role
    group by 1, 2, 3, 4, 5, 6, 7
),

first_movements as (
    select
        book,
        entity_id,
        customer_id,
        contract_id,
        currency,
        balance_kind,
        min(period_ordinal) as first_ordinal
    from movements
    group by 1, 2, 3, 4, 5, 6
),

closings as (
    select
        first_movements.* exclude (first_ordinal),
        periods.period_id,
        periods.period_ordinal,
        coalesce(movements.movement_amount, 0) as movement_amount,
        sum(coalesce(movements.movement_amount, 0)) over (
            partition by first_movements.book, first_movements.contract_id, first_movements.currency, first_movements.balance_kind
            order by periods.period_ordinal
        ) as closing_amount
    from first_movements
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = first_movements.entity_id
        and periods.period_ordinal >= first_movements.first_ordinal
        and periods.has_begun
    left join movements
        on movements.book = first_movements.book
        and movements.contract_id = first_movements.contract_id
        and movements.currency = first_movements.currency
        and movements.balance_kind = first_movements.balance_kind
        and movements.period_ordinal = periods.period_ordinal
),

fct_contract_balances as (
    select
        closings.book,
        closings.entity_id,
        closings.customer_id,
        closings.contract_id,
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
    where closings.closing_amount <> 0 or closings.movement_amount <> 0
)

select * from fct_contract_balances

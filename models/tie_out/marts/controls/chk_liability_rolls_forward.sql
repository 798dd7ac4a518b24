-- One row per book, contract, kind and period whose opening is not the closing before it, or does not foot to the journal, or entity whose contract liabilities do not foot by cause (I10, I11).
with

periods as (
    select
        *,
        lag(closing_amount) over (
            partition by book, contract_id, currency, balance_kind order by period_ordinal
        ) as closing_before
    from {{ ref('fct_contract_balances') }}
),

posted as (
    select
        lines.book,
        lines.contract_id,
        roles.balance_kind,
        sum(case
            when roles.balance_kind in ('receivable', 'unbilled_receivable', 'contract_asset') then lines.debit_amount - lines.credit_amount
            else lines.credit_amount - lines.debit_amount
        end) as amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as roles
        on roles.posting_role = lines.posting_role
        and roles.balance_kind is not null
    group by lines.book, lines.contract_id, roles.balance_kind
),

moved as (
    select
        book,
        entity_id,
        contract_id,
        balance_kind,
        sum(movement_amount) as amount
    from {{ ref('fct_contract_balances') }}
    group by book, entity_id, contract_id, balance_kind
),

breaks as (
    select
        book,
        entity_id,
        period_id,
        contract_id || ':' || balance_kind as subject,
        coalesce(closing_before, 0) as expected_amount,
        opening_amount as actual_amount
    from periods
    where
        opening_amount is distinct from coalesce(closing_before, 0)
        and (closing_before is not null or opening_amount <> 0)

    union all

    select
        moved.book,
        moved.entity_id,
        cast(null as varchar) as period_id,
        moved.contract_id || ':' || moved.balance_kind as subject,
        posted.amount as expected_amount,
        moved.amount as actual_amount
    from moved
    left join posted
        on posted.book = moved.book
        and posted.contract_id = moved.contract_id
        and posted.balance_kind = moved.balance_kind
    where moved.amount is distinct from posted.amount

    union all

    -- by cause: what moved a contract liability has a cause of its own
    select
        book,
        entity_id,
        period_id,
        entity_id || ':by_cause:' || currency as subject,
        closing_amount as expected_amount,
        opening_amount + billed_amount + paid_amount - recognised_amount + interest_amount + presentation_amount + logic_change_amount + manual_adjustment_amount as actual_amount
    from {{ ref('rpt_contract_liability_rollforward') }}
    where
        closing_amount <> opening_amount + billed_amount + paid_amount - recognised_amount + interest_amount + presentation_amount + logic_change_amount + manual_adjustment_amount
),

chk_liability_rolls_forward as (
    select
        'chk_liability_rolls_forward' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from breaks
)

select * from chk_liability_rolls_forward

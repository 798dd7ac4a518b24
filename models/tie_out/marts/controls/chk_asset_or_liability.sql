-- One row per book, contract and period that shows a contract asset and a contract liability, or one below zero (I12).
--
-- Contracts combined into one are one: each holds a part of its asset or liability, which may be
-- below zero beside the others. What is owed without an invoice is each contract's own.
with

kinds as (
    select
        book,
        entity_id,
        period_id,
        contract_group_id,
        case balance_kind when 'unbilled_receivable' then contract_id else contract_group_id end as holder_id,
        balance_kind,
        sum(closing_amount) as closing_amount
    from {{ ref('fct_contract_balances') }}
    where balance_kind in ('contract_asset', 'contract_liability', 'unbilled_receivable')
    group by 1, 2, 3, 4, 5, 6
),

nets as (
    select
        book,
        entity_id,
        period_id,
        contract_group_id,
        sum(case balance_kind when 'contract_asset' then closing_amount else 0 end) as asset_amount,
        sum(case balance_kind when 'contract_liability' then closing_amount else 0 end) as liability_amount,
        min(closing_amount) as least_amount
    from kinds
    group by 1, 2, 3, 4
),

chk_asset_or_liability as (
    select
        'chk_asset_or_liability' as control_code,
        book,
        entity_id,
        period_id,
        contract_group_id as subject,
        cast(asset_amount as decimal(38, 18)) as expected_amount,
        cast(liability_amount as decimal(38, 18)) as actual_amount
    from nets
    where
        asset_amount <> 0 and liability_amount <> 0
        or least_amount < 0
)

select * from chk_asset_or_liability

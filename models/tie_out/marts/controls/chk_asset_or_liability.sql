-- One row per book, contract and period that shows a contract asset and a contract liability, or one below zero (I12).
with

nets as (
    select
        book,
        entity_id,
        period_id,
        contract_id,
        sum(case balance_kind when 'contract_asset' then closing_amount else 0 end) as asset_amount,
        sum(case balance_kind when 'contract_liability' then closing_amount else 0 end) as liability_amount,
        min(case when balance_kind in ('contract_asset', 'contract_liability', 'unbilled_receivable') then closing_amount end) as least_amount
    from {{ ref('fct_contract_balances') }}
    group by book, entity_id, period_id, contract_id
),

chk_asset_or_liability as (
    select
        'chk_asset_or_liability' as control_code,
        book,
        entity_id,
        period_id,
        contract_id as subject,
        cast(asset_amount as decimal(38, 18)) as expected_amount,
        cast(liability_amount as decimal(38, 18)) as actual_amount
    from nets
    where
        asset_amount <> 0 and liability_amount <> 0
        or least_amount < 0
)

select * from chk_asset_or_liability

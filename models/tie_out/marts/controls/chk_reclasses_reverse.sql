-- One row per book, contract and period whose presentation entries were not reversed in the next period (I12).
with

reclasses as (
    select
        book,
        entity_id,
        contract_id,
        period_ordinal + case when is_reversal then -1 else 0 end as presented_ordinal,
        sum(case when is_reversal then 0 else debit_amount end) as presented_amount,
        sum(case when is_reversal then credit_amount else 0 end) as reversed_amount
    from {{ ref('fct_journal_lines') }}
    where
        event_type in (
            'unbilled_reclass', 'overbilled_reclass', 'contract_asset_reclass', 'contract_netting', 'unapplied_cash_netting',
            'lost_contract_deposit', 'beyond_mandate_receivable', 'beyond_mandate_deposit', 'payable_reclass',
            'expected_refund_reclass', 'expected_concession_reclass', 'return_asset_reclass'
        )
    group by 1, 2, 3, 4
),

chk_reclasses_reverse as (
    select
        'chk_reclasses_reverse' as control_code,
        reclasses.book,
        reclasses.entity_id,
        following.period_id,
        reclasses.contract_id as subject,
        cast(reclasses.presented_amount as decimal(38, 18)) as expected_amount,
        cast(reclasses.reversed_amount as decimal(38, 18)) as actual_amount
    from reclasses
    inner join {{ ref('dim_accounting_periods') }} as following
        on following.entity_id = reclasses.entity_id
        and following.period_ordinal = reclasses.presented_ordinal + 1
        and following.has_begun
    -- where stored periods were presented by earlier logic, the LOGIC_CHANGE lines carry the rest of the reversal
    left join (
        select distinct
            book,
            contract_id,
            period_id
        from {{ ref('fct_journal_lines') }}
        where event_type = 'logic_change'
    ) as restated
        on restated.book = reclasses.book
        and restated.contract_id = reclasses.contract_id
        and restated.period_id = following.period_id
    where
        reclasses.presented_amount is distinct from reclasses.reversed_amount
        and restated.contract_id is null
)

select * from chk_reclasses_reverse

-- One row per book, entity, period and currency: contract liabilities from opening to closing, by cause (ASC 606-10-50-8, IFRS 15.116).
with

movements as (
    select
        lines.book,
        lines.entity_id,
        lines.period_id,
        lines.period_ordinal,
        lines.currency,
        sum(case when lines.event_type in ('billing', 'billing_from_balance', 'billing_lost', 'right_deferral') then lines.credit_amount - lines.debit_amount else 0 end) as billed_amount,
        sum(case
            when lines.event_type in (
                'prepayment', 'unapplied_cash', 'deposit_to_position', 'deposit_release', 'payment_to_customer',
                'balance_on_receivable', 'balance_to_owed_back', 'balance_to_loss', 'write_off_to_position'
            ) then lines.credit_amount - lines.debit_amount
            else 0
        end) as paid_amount,
        sum(case when lines.event_type in ('interest_expense', 'interest_income') then lines.credit_amount - lines.debit_amount else 0 end) as interest_amount,
        sum(case when lines.event_type = 'revenue' then lines.debit_amount - lines.credit_amount else 0 end) as recognised_amount,
        sum(case
            when lines.event_type like '%reclass' or lines.event_type like '%netting' then lines.credit_amount - lines.debit_amount
            when lines.event_type in ('lost_contract_deposit', 'beyond_mandate_receivable', 'beyond_mandate_deposit') then lines.credit_amount - lines.debit_amount
            else 0
        end) as presentation_amount,
        sum(case when lines.event_type = 'logic_change' then lines.credit_amount - lines.debit_amount else 0 end) as logic_change_amount,
        sum(case when lines.event_type = 'manual_adjustment' then lines.credit_amount - lines.debit_amount else 0 end) as manual_adjustment_amount,
        sum(lines.credit_amount - lines.debit_amount) as movement_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('chart_of_accounts') }} as chart
        on chart.posting_role = lines.posting_role
        and chart.balance_kind = 'contract_liability'
    group by lines.book, lines.entity_id, lines.period_id, lines.period_ordinal, lines.currency
),

rpt_contract_liability_rollforward as (
    select
        book,
        entity_id,
        period_id,
        currency,
        cast(sum(movement_amount) over in_order - movement_amount as decimal(38, 4)) as opening_amount,
        cast(billed_amount as decimal(38, 4)) as billed_amount,
        cast(paid_amount as decimal(38, 4)) as paid_amount,
        cast(recognised_amount as decimal(38, 4)) as recognised_amount,
        cast(interest_amount as decimal(38, 4)) as interest_amount,
        cast(presentation_amount as decimal(38, 4)) as presentation_amount,
        cast(logic_change_amount as decimal(38, 4)) as logic_change_amount,
        cast(manual_adjustment_amount as decimal(38, 4)) as manual_adjustment_amount,
        cast(sum(movement_amount) over in_order as decimal(38, 4)) as closing_amount
    from movements
    window in_order as (partition by book, entity_id, currency order by period_ordinal)
)

select * from rpt_contract_liability_rollforward

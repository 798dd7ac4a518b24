-- One row per set of books, obligation, period and reclass: one net position per contract at each period end, reversed in the next.
--
-- What is earned beyond billing and only waits for its invoice is a receivable and is not netted;
-- the rest of a contract is one contract asset or one contract liability, never both
-- (ASC 606-10-45-1, IFRS 15.105), and never net across contracts.
with

-- What is billed with other promises waits for more than its invoice.
billed_with_others as (
    select distinct obligation_id
    from {{ ref('fct_allocation_shares') }}
    where is_billed_with_others
),

positions as (
    select
        positions.*,
        coalesce(obligations.position_role, 'contract_liability_prepaid') as position_role,
        coalesce(obligations.minor_unit_exponent, 2) as minor_unit_exponent,
        coalesce(obligations.is_billing_conditional, false) or billed_with_others.obligation_id is not null as is_conditional,
        coalesce(obligations.third_party_share, 0) as third_party_share
    from {{ ref('int_positions') }} as positions
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = positions.obligation_id
    left join billed_with_others on billed_with_others.obligation_id = positions.obligation_id
),

sided as (
    select
        *,
        obligation_id is null as is_unclaimed,
        greatest(position_amount, 0) as credit_amount,
        case when is_conditional then greatest(-position_amount, 0) else 0 end as conditional_debit,
        case when not is_conditional then greatest(-position_amount, 0) else 0 end as unconditional_debit,
        -- an agent has the right to the whole charge: its commission and what it owes to the other principal
        case
            when position_amount < 0 and third_party_share > 0 and third_party_share < 1
                then
                    {{ round_to_minor_unit(share_of('-position_amount', billionths('third_party_share'), billionths('1 - third_party_share')), 'minor_unit_exponent') }}
            else 0
        end as principal_debit
    from positions
),

-- Cash that names no document pays first what the contract owes without an invoice.
paid as (
    select
        *,
        case
            when is_unclaimed
                then least(credit_amount, sum(unconditional_debit + principal_debit) over contract_period)
            else 0
        end as applied_credit
    from sided
    window contract_period as (partition by book_scope, contract_id, period_ordinal)
),

left_over as (
    select
        *,
        -- what is owed back to the customer is no contract liability and is not netted
        case position_role when 'refund_liability' then 0 else credit_amount - applied_credit end as liability_amount
    from paid
),

netted as (
    select
        *,
        -- liabilities of the contract give way to its asset in the order of their obligations
        least(
            liability_amount,
            greatest(0, sum(conditional_debit) over contract_period - (sum(liability_amount) over in_order - liability_amount))
        ) as netted_credit
    from left_over
    window
        contract_period as (partition by book_scope, contract_id, period_ordinal),
        in_order as (
            partition by book_scope, contract_id, period_ordinal
            order by obligation_id nulls last
            rows between unbounded preceding and current row
        )
),

reclasses as (
    select
        *,
        'unbilled_reclass' as event_type,
        unconditional_debit as amount
    from netted
    where position_role <> 'unbilled_receivable' and unconditional_debit > 0
    union all
    select
        *,
        'principal_reclass' as event_type,
        principal_debit as amount
    from netted
    where principal_debit > 0
    union all
    select
        *,
        'overbilled_reclass' as event_type,
        credit_amount - netted_credit as amount
    from netted
    where position_role = 'unbilled_receivable' and credit_amount > netted_credit
    union all
    select
        *,
        'unapplied_cash_netting' as event_type,
        applied_credit as amount
    from netted
    where applied_credit > 0
    union all
    select
        *,
        'contract_asset_reclass' as event_type,
        conditional_debit as amount
    from netted
    where conditional_debit > 0
    union all
    select
        *,
        'contract_netting' as event_type,
        netted_credit as amount
    from netted
    where netted_credit > 0
),

int_events__presentation as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        period_ordinal,
        event_type,
        false as is_reversal,
        amount
    from reclasses

    union all

    select
        reclasses.book_scope,
        reclasses.entity_id,
        reclasses.contract_id,
        reclasses.obligation_id,
        next_periods.period_ordinal,
        reclasses.event_type,
        true as is_reversal,
        -reclasses.amount as amount
    from reclasses
    inner join {{ ref('dim_accounting_periods') }} as next_periods
        on next_periods.entity_id = reclasses.entity_id
        and next_periods.period_ordinal = reclasses.period_ordinal + 1
        and next_periods.has_begun
)

select * from int_events__presentation

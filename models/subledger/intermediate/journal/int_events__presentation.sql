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
        losses.contract_id is not null as is_lost,
        coalesce(obligations.position_role, 'contract_liability_prepaid') as position_role,
        coalesce(obligations.minor_unit_exponent, 2) as minor_unit_exponent,
        coalesce(obligations.is_billing_conditional, false) or billed_with_others.obligation_id is not null as is_conditional,
        coalesce(obligations.third_party_share, 0) as third_party_share
    from {{ ref('int_positions') }} as positions
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = positions.obligation_id
    left join billed_with_others on billed_with_others.obligation_id = positions.obligation_id
    left join {{ ref('fct_contract_losses') }} as losses
        on losses.contract_id = positions.contract_id
        and losses.book_scope = positions.book_scope
        and losses.lost_ordinal <= positions.period_ordinal
        and losses.regained_ordinal > positions.period_ordinal
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

-- What an agent's principal was billed beyond the mandate is not owed, and what it paid of that is a
-- deposit (ASC 606-10-25-8, IFRS 15.16): first the receivable goes, then the rest is deposit.
beyond as (
    select
        paid.*,
        least(
            paid.credit_amount - paid.applied_credit,
            greatest(0, coalesce(mandates.beyond_amount, 0) - (sum(paid.credit_amount - paid.applied_credit) over in_order - (paid.credit_amount - paid.applied_credit)))
        ) as beyond_amount,
        coalesce(mandates.receivable_amount, 0) as receivable_amount
    from paid
    left join {{ ref('int_positions__beyond_mandates') }} as mandates
        on mandates.book_scope = paid.book_scope
        and mandates.contract_id = paid.contract_id
        and mandates.period_ordinal = paid.period_ordinal
    window in_order as (
        partition by paid.book_scope, paid.contract_id, paid.period_ordinal
        order by paid.obligation_id nulls last
        rows between unbounded preceding and current row
    )
),

left_over as (
    select
        *,
        least(
            beyond_amount,
            greatest(0, receivable_amount - (sum(beyond_amount) over in_order - beyond_amount))
        ) as beyond_receivable,
        case
            -- what is owed back to the customer is no contract liability and is not netted
            when position_role = 'refund_liability' then 0
            -- nor is what was paid beyond what is owed while there is no contract (ASC 606-10-25-8, IFRS 15.16)
            when is_lost and is_unclaimed then 0
            else credit_amount - applied_credit - beyond_amount
        end as liability_amount
    from beyond
    window in_order as (
        partition by book_scope, contract_id, period_ordinal
        order by obligation_id nulls last
        rows between unbounded preceding and current row
    )
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
        credit_amount - beyond_amount - netted_credit as amount
    from netted
    where position_role = 'unbilled_receivable' and credit_amount - beyond_amount > netted_credit
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
        'lost_contract_deposit' as event_type,
        credit_amount - applied_credit - beyond_amount as amount
    from netted
    where is_lost and is_unclaimed and credit_amount - beyond_amount > applied_credit
    union all
    select
        *,
        'beyond_mandate_receivable' as event_type,
        beyond_receivable as amount
    from netted
    where beyond_receivable > 0
    union all
    select
        *,
        'beyond_mandate_deposit' as event_type,
        beyond_amount - beyond_receivable as amount
    from netted
    where beyond_amount > beyond_receivable
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

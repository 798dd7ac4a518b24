-- One row per position that gives way to another of its contract in its period, or is another's: what of it is netted, applied or set aside.
--
-- A contract is one contract asset or one contract liability, never both (ASC 606-10-45-1,
-- IFRS 15.105), and is never net across contracts; contracts combined into one are one. Cash and
-- mandates stay with the contract that they name. Where nothing meets, nothing is worked out.
with

meeting as (
    select
        sides.book_scope,
        sides.contract_group_id,
        sides.period_ordinal
    from {{ ref('int_positions__sides') }} as sides
    left join {{ ref('int_positions__beyond_mandates') }} as mandates
        on mandates.book_scope = sides.book_scope
        and mandates.contract_id = sides.contract_id
        and mandates.period_ordinal = sides.period_ordinal
    group by 1, 2, 3
    having
        bool_or(sides.is_unclaimed or mandates.contract_id is not null)
        or sum(sides.conditional_debit) > 0 and sum(sides.credit_amount) > 0
),

sided as (
    select sides.*
    from {{ ref('int_positions__sides') }} as sides
    inner join meeting
        on meeting.book_scope = sides.book_scope
        and meeting.contract_group_id = sides.contract_group_id
        and meeting.period_ordinal = sides.period_ordinal
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

-- A contract's liabilities give way to its own assets first, in the order of their obligations.
netted_alone as (
    select
        *,
        least(
            liability_amount,
            greatest(0, sum(conditional_debit) over contract_period - (sum(liability_amount) over in_order - liability_amount))
        ) as netted_amount
    from left_over
    window
        contract_period as (partition by book_scope, contract_id, period_ordinal),
        in_order as (
            partition by book_scope, contract_id, period_ordinal
            order by obligation_id nulls last
            rows between unbounded preceding and current row
        )
),

-- Then to what is left of the assets of the contracts that it is one with, in the order of contracts.
int_positions__netted as (
    select
        book_scope,
        contract_id,
        obligation_id,
        period_ordinal,
        applied_credit,
        beyond_amount,
        beyond_receivable,
        netted_amount
        + least(
            liability_amount - netted_amount,
            greatest(
                0,
                sum(conditional_debit - netted_amount) over group_period
                - (sum(liability_amount - netted_amount) over in_order - (liability_amount - netted_amount))
            )
        ) as netted_credit
    from netted_alone
    window
        group_period as (partition by book_scope, contract_group_id, period_ordinal),
        in_order as (
            partition by book_scope, contract_group_id, period_ordinal
            order by contract_id, obligation_id nulls last
            rows between unbounded preceding and current row
        )
)

select * from int_positions__netted

-- One row per set of books, obligation and period whose invoice may wait for more than time: what is due at its end and not billed.
--
-- Where what the invoice waited for has happened, the fees stated for it wait for the invoice alone (ASC 606-10-45-4,
-- IFRS 15.108). What of the price is stated for other promises, or was billed with a right, goes on waiting for these.
with

billed as (
    select
        awaited.book_scope,
        awaited.contract_id,
        awaited.obligation_id,
        awaited.period_ordinal,
        awaited.position_amount,
        met.obligation_id is not null and not awaited.bears_right as is_told_apart,
        met.met_amount,
        met.stated_amount,
        met.minor_unit_exponent,
        -- what the position holds beside what is earned
        awaited.position_amount + met.earned_amount as billed_amount
    from {{ ref('int_positions__awaited') }} as awaited
    left join {{ ref('int_positions__met') }} as met
        on met.book_scope = awaited.book_scope
        and met.obligation_id = awaited.obligation_id
        and met.period_ordinal = awaited.period_ordinal
    where awaited.waits_for_more or met.obligation_id is not null
),

-- What is billed beyond the whole price of a promise was billed for others of its contract.
told as (
    select
        *,
        case when is_told_apart then greatest(met_amount - billed_amount, 0) else 0 end as met_unbilled,
        case when is_told_apart then greatest(billed_amount - stated_amount, 0) else 0 end as billed_beyond
    from billed
),

due as (
    select
        *,
        greatest(
            0,
            met_unbilled
            - greatest(0, sum(billed_beyond) over contract_period - (sum(met_unbilled) over in_order - met_unbilled))
        ) as due_amount
    from told
    window
        contract_period as (partition by book_scope, contract_id, period_ordinal),
        in_order as (
            partition by book_scope, contract_id, period_ordinal
            order by obligation_id
            rows between unbounded preceding and current row
        )
),

int_positions__due as (
    select
        book_scope,
        obligation_id,
        period_ordinal,
        -- shares are whole minor units, what is stated of a bundle may not be: one of them is no price of others
        case
            when abs(due_amount + position_amount) <= {{ from_minor_units('1', 'minor_unit_exponent') }} then greatest(-position_amount, 0)
            else due_amount
        end as due_amount
    from due
)

select * from int_positions__due

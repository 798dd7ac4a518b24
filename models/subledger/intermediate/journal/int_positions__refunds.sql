-- One row per set of books, obligation and period at whose end some of what was billed for it is not expected to be kept: what is owed back, and what is no receivable.
with

int_positions__refunds as (
    select
        balances.book_scope,
        balances.obligation_id,
        balances.period_ordinal,
        greatest(balances.receivable_amount, 0) as receivable_amount,
        {{ round_to_minor_unit(
            share_of_measure('greatest(balances.billed_amount, 0)', attos('expected.refund_share'), '1000000000000000000'), 'obligations.minor_unit_exponent'
        ) }} as refund_amount,
        {{ round_to_minor_unit(
            share_of_measure('greatest(balances.billed_amount, 0)', attos('expected.concession_share'), '1000000000000000000'), 'obligations.minor_unit_exponent'
        ) }} as concession_amount,
        {{ round_to_minor_unit(
            share_of_measure('greatest(balances.billed_amount, 0)', attos('expected.return_cost_share'), '1000000000000000000'), 'obligations.minor_unit_exponent'
        ) }} as return_cost_amount
    from {{ ref('int_positions__billed') }} as balances
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = balances.obligation_id
    inner join {{ ref('fct_expected_refunds') }} as expected
        on expected.obligation_id = balances.obligation_id
        and expected.from_ordinal <= balances.period_ordinal
        and expected.to_ordinal > balances.period_ordinal
)

select * from int_positions__refunds

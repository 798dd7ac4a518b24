-- One row per set of books, obligation and period at whose end some of what was billed for it is not expected to be kept: what is owed back, and what is no receivable.
with

expected as (
    select * from {{ ref('fct_expected_refunds') }}
),

concerned as (
    select distinct obligation_id from expected
),

moves as (
    select
        events.book_scope,
        events.obligation_id,
        events.period_ordinal,
        case rules.side when 'credit' then 1 else -1 end * events.amount as credit,
        rules.posting_role
    from {{ ref('int_events__posted') }} as events
    inner join concerned on concerned.obligation_id = events.obligation_id
    inner join {{ ref('posting_rules') }} as rules
        on rules.event_type = events.event_type
        and rules.posting_role in ('position', 'receivable')
    -- what is billed and paid, not what is earned
    where events.event_type in (select event_type from {{ ref('posting_rules') }} where posting_role in ('receivable', 'cash', 'customer_deposit'))
),

balances as (
    select
        moves.book_scope,
        moves.obligation_id,
        periods.period_ordinal,
        sum(case moves.posting_role when 'position' then moves.credit else 0 end) as billed_amount,
        sum(case moves.posting_role when 'receivable' then -moves.credit else 0 end) as receivable_amount
    from moves
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = moves.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = obligations.entity_id
        and periods.period_ordinal >= moves.period_ordinal
        and periods.has_begun
    group by moves.book_scope, moves.obligation_id, periods.period_ordinal
),

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
    from balances
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = balances.obligation_id
    inner join expected
        on expected.obligation_id = balances.obligation_id
        and expected.from_ordinal <= balances.period_ordinal
        and expected.to_ordinal > balances.period_ordinal
)

select * from int_positions__refunds

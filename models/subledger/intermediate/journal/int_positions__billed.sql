-- One row per set of books, period and obligation of which some of what is billed may have to be given back: what was billed or paid for it to date, and what of that is receivable.
with

concerned as (
    select obligation_id from {{ ref('fct_expected_refunds') }}
    union
    select obligation_id from {{ ref('fct_outcome_reserves') }}
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

int_positions__billed as (
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
)

select * from int_positions__billed

-- One row per set of books, obligation and period in which it has a position: what was billed or paid beyond revenue (credit) or short of it (debit).
--
-- Amounts of a contract that no line claims are a position of their own, with no obligation.
with

moves as (
    select
        events.book_scope,
        events.entity_id,
        events.contract_id,
        events.obligation_id,
        events.period_ordinal,
        sum(case rules.side when 'credit' then events.amount else -events.amount end) as amount
    from {{ ref('int_events__posted') }} as events
    inner join {{ ref('posting_rules') }} as rules
        on rules.event_type = events.event_type
        and rules.posting_role = 'position'
    group by 1, 2, 3, 4, 5
),

-- A position stands from the period it moved in until it moves again.
standing as (
    select
        *,
        sum(amount) over in_order as position_amount,
        lead(period_ordinal, 1, 999999) over in_order as next_ordinal
    from moves
    window in_order as (partition by book_scope, contract_id, obligation_id order by period_ordinal)
),

-- One row for every period in which it stands, up to the last period begun.
int_positions as (
    select
        standing.book_scope,
        standing.entity_id,
        standing.contract_id,
        standing.obligation_id,
        periods.period_ordinal,
        standing.position_amount
    from standing
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = standing.entity_id
        and periods.period_ordinal >= standing.period_ordinal
        and periods.period_ordinal < standing.next_ordinal
        and periods.has_begun
    where standing.position_amount <> 0
)

select * from int_positions

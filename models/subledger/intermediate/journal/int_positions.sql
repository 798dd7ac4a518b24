-- One row per set of books, obligation and period: what was billed or paid beyond revenue (credit) or short of it (debit).
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
    -- what has an account of its own is not part of what was billed or paid for the promise
    where coalesce(events.component, '') not in (select component from {{ ref('pattern_roles') }} where pattern = '*' and position_role is not null)
    group by 1, 2, 3, 4, 5
),

first_moves as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        min(period_ordinal) as first_ordinal
    from moves
    group by 1, 2, 3, 4
),

-- Dense: a balance stands in every period from the first move to the last period begun.
grid as (
    select
        first_moves.*,
        periods.period_ordinal
    from first_moves
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = first_moves.entity_id
        and periods.period_ordinal >= first_moves.first_ordinal
        and periods.has_begun
),

int_positions as (
    select
        grid.book_scope,
        grid.entity_id,
        grid.contract_id,
        grid.obligation_id,
        grid.period_ordinal,
        sum(coalesce(moves.amount, 0)) over (
            partition by grid.book_scope, grid.contract_id, grid.obligation_id order by grid.period_ordinal
        ) as position_amount
    from grid
    left join moves
        on moves.book_scope = grid.book_scope
        and moves.contract_id = grid.contract_id
        and moves.obligation_id is not distinct from grid.obligation_id
        and moves.period_ordinal = grid.period_ordinal
)

select * from int_positions

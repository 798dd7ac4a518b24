-- One row per set of books, contract and period end at which a customer has earned more of what is payable to it than was paid: it is owed, reversed in the next period.
with

moves as (
    select
        events.book_scope,
        events.entity_id,
        events.contract_id,
        events.component,
        events.period_ordinal,
        sum(case rules.side when 'credit' then events.amount else -events.amount end) as amount
    from {{ ref('int_events__posted') }} as events
    inner join {{ ref('posting_rules') }} as rules
        on rules.event_type = events.event_type
        and rules.posting_role = 'position'
    where events.component = 'payable_to_customer'
    group by events.book_scope, events.entity_id, events.contract_id, events.component, events.period_ordinal
),

balances as (
    select
        moves.book_scope,
        moves.entity_id,
        moves.contract_id,
        moves.component,
        periods.period_ordinal,
        sum(moves.amount) as owed_amount
    from moves
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = moves.entity_id
        and periods.period_ordinal >= moves.period_ordinal
        and periods.has_begun
    group by moves.book_scope, moves.entity_id, moves.contract_id, moves.component, periods.period_ordinal
),

owed as (
    select
        *,
        'payable_reclass' as event_type
    from balances
    where owed_amount > 0
),

int_events__payables as (
    select
        book_scope,
        entity_id,
        contract_id,
        component,
        period_ordinal,
        event_type,
        false as is_reversal,
        owed_amount as amount
    from owed

    union all

    select
        owed.book_scope,
        owed.entity_id,
        owed.contract_id,
        owed.component,
        next_periods.period_ordinal,
        owed.event_type,
        true as is_reversal,
        -owed.owed_amount as amount
    from owed
    inner join {{ ref('dim_accounting_periods') }} as next_periods
        on next_periods.entity_id = owed.entity_id
        and next_periods.period_ordinal = owed.period_ordinal + 1
        and next_periods.has_begun
)

select * from int_events__payables

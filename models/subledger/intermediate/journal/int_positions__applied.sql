-- One row per set of books, contract and period in which credit was applied to invoices beyond its unapplied cash: what of it was owed back.
--
-- What a credit note left of a paid invoice is paid back, or settles the next invoice (ASC 606-10-32-10, IFRS 15.55).
with

owed_back as (
    select
        events.book_scope,
        events.contract_id,
        events.period_ordinal,
        sum(case rules.side when 'credit' then events.amount else -events.amount end) as amount
    from {{ ref('int_events__posted') }} as events
    inner join {{ ref('posting_rules') }} as rules
        on rules.event_type = events.event_type
        and rules.posting_role = 'refund_liability'
    group by events.book_scope, events.contract_id, events.period_ordinal
),

int_positions__applied as (
    select
        positions.book_scope,
        positions.contract_id,
        positions.period_ordinal,
        least(-positions.position_amount, sum(owed_back.amount)) as applied_amount
    from {{ ref('int_positions') }} as positions
    inner join owed_back
        on owed_back.book_scope = positions.book_scope
        and owed_back.contract_id = positions.contract_id
        and owed_back.period_ordinal <= positions.period_ordinal
    where
        positions.obligation_id is null
        and positions.position_amount < 0
    group by positions.book_scope, positions.contract_id, positions.period_ordinal, positions.position_amount
    having sum(owed_back.amount) > 0
)

select * from int_positions__applied

-- One row per set of books, agent's contract and period: what was spent beyond the mandate by then, and the receivable that stands (D1, E57).
with

beyond as (
    select
        book_scope,
        contract_id,
        greatest(known_ordinal, service_ordinal) as period_ordinal,
        sum(amount) as beyond_amount,
        cast(0 as decimal(38, 4)) as receivable_amount
    from {{ ref('fct_spend_beyond_mandates') }}
    where not is_after_as_of
    group by 1, 2, 3
),

concerned as (
    select distinct contract_id from beyond
),

receivables as (
    select
        events.book_scope,
        events.contract_id,
        events.period_ordinal,
        cast(0 as decimal(38, 18)) as beyond_amount,
        sum(case rules.side when 'debit' then events.amount else -events.amount end) as receivable_amount
    from {{ ref('int_events__posted') }} as events
    inner join concerned on concerned.contract_id = events.contract_id
    inner join {{ ref('posting_rules') }} as rules
        on rules.event_type = events.event_type
        and rules.posting_role = 'receivable'
    group by 1, 2, 3
),

moves as (
    select * from beyond
    union all
    select * from receivables
),

int_positions__beyond_mandates as (
    select
        moves.book_scope,
        moves.contract_id,
        periods.period_ordinal,
        cast(sum(moves.beyond_amount) as decimal(38, 4)) as beyond_amount,
        cast(sum(moves.receivable_amount) as decimal(38, 4)) as receivable_amount
    from moves
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = moves.contract_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = contracts.entity_id
        and periods.period_ordinal >= moves.period_ordinal
        and periods.has_begun
    group by 1, 2, 3
)

select * from int_positions__beyond_mandates
where beyond_amount > 0

-- One row per book, agreement that is no contract and close that made more, or less, of its deposit revenue (D1; ASC 606-10-25-7, IFRS 15.15).
--
-- Nonrefundable cash is revenue when the agreement was terminated, or when nothing is left to
-- transfer and substantially all was received; under ASC 606 alone (X2) also what has been paid for goods
-- and services that passed, when the company has stopped and need not transfer more.
with

contracts as (
    select * from {{ ref('int_deposits__contracts') }}
),

cash as (
    select
        contracts.book,
        cash.contract_id,
        greatest(cash.known_ordinal, happened.period_ordinal) as period_ordinal,
        greatest(cash.known_ordinal, happened.period_ordinal, cash.withdrawn_ordinal) as withdrawal_ordinal,
        cash.withdrawn_ordinal,
        case when cash.kind in ('refund', 'chargeback') then -cash.amount else cash.amount end as amount
    from {{ ref('fct_cash_events') }} as cash
    inner join contracts on contracts.contract_id = cash.contract_id
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.occurred_date') }}
    where
        cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal')
        and cash.reason_code is null
        and happened.has_begun
),

moves as (
    select
        book,
        contract_id,
        period_ordinal,
        amount as paid,
        cast(0 as decimal(38, 18)) as transferred
    from cash
    union all
    select
        book,
        contract_id,
        withdrawal_ordinal as period_ordinal,
        -amount as paid,
        cast(0 as decimal(38, 18)) as transferred
    from cash
    where withdrawn_ordinal is not null
    union all
    select
        book,
        contract_id,
        period_ordinal,
        0 as paid,
        amount as transferred
    from {{ ref('int_deposits__transferred') }}
    union all
    select
        contracts.book,
        contracts.contract_id,
        case events.event when 1 then contracts.terminated_ordinal when 2 then contracts.stopped_ordinal when 3 then contracts.ended_ordinal else contracts.reinstated_ordinal end as period_ordinal,
        0 as paid,
        cast(0 as decimal(38, 18)) as transferred
    from contracts
    cross join (values (1), (2), (3), (4)) as events (event)
),

by_close as (
    select
        moves.book,
        moves.contract_id,
        moves.period_ordinal,
        sum(sum(moves.paid)) over in_order as paid_to_date,
        sum(sum(moves.transferred)) over in_order as transferred_to_date
    from moves
    where moves.period_ordinal is not null
    group by moves.book, moves.contract_id, moves.period_ordinal
    window in_order as (partition by moves.book, moves.contract_id order by moves.period_ordinal)
),

shares as (
    {{ threshold_of('deposit_substantially_all') }}
),

judged as (
    select
        by_close.*,
        contracts.entity_id,
        contracts.gate_ordinal,
        case
            when by_close.period_ordinal >= contracts.terminated_ordinal and coalesce(by_close.period_ordinal < contracts.reinstated_ordinal, true) then 'D1.DEPOSIT_TERMINATED'
            when by_close.period_ordinal >= contracts.ended_ordinal and by_close.paid_to_date >= cast(shares.threshold as decimal(9, 6)) * cast(by_close.transferred_to_date as decimal(28, 4))
                then 'D1.DEPOSIT_NOTHING_LEFT'
            -- a term that ran out is no stop: the company has to have stopped
            when contracts.book = 'asc606' and by_close.period_ordinal >= contracts.stopped_ordinal and by_close.period_ordinal < contracts.resumed_ordinal
                then 'D1.DEPOSIT_TRANSFERRED_AND_STOPPED'
            -- withdrawn, it is owed again
            when by_close.period_ordinal >= contracts.reinstated_ordinal and contracts.reinstated_ordinal > contracts.terminated_ordinal then 'D1.DEPOSIT_TERMINATED'
        end as rule_code,
        by_close.period_ordinal >= contracts.reinstated_ordinal as is_reinstated
    from by_close
    inner join contracts
        on contracts.book = by_close.book
        and contracts.contract_id = by_close.contract_id
        and contracts.gate_ordinal > by_close.period_ordinal
    inner join shares
        on shares.entity_id = contracts.entity_id
        and shares.from_ordinal <= by_close.period_ordinal
        and shares.to_ordinal > by_close.period_ordinal
),

released as (
    select
        *,
        greatest(0, case
            when rule_code = 'D1.DEPOSIT_TRANSFERRED_AND_STOPPED' then least(paid_to_date, transferred_to_date)
            when rule_code = 'D1.DEPOSIT_TERMINATED' and is_reinstated then 0
            else paid_to_date
        end) as released_to_date
    from judged
    where rule_code is not null
),

fct_deposit_releases as (
    select
        book,
        entity_id,
        contract_id,
        period_ordinal,
        gate_ordinal,
        rule_code,
        case rule_code when 'D1.DEPOSIT_TRANSFERRED_AND_STOPPED' then 'X2' end as difference_code,
        cast(paid_to_date as decimal(38, 9)) as paid_to_date,
        cast(transferred_to_date as decimal(38, 18)) as transferred_to_date,
        cast(released_to_date as decimal(38, 18)) as released_to_date,
        cast(released_to_date - coalesce(lag(released_to_date) over in_order, 0) as decimal(38, 18)) as released_amount
    from released
    window in_order as (partition by book, contract_id order by period_ordinal)
)

select * from fct_deposit_releases
where released_amount <> 0

-- One row per set of books, obligation and period at whose end what was paid for days to come is owed back if the customer wants it, or since the contract ended.
--
-- It is no liability to perform: nobody is bound to these days (ASC 606-10-25-3 and 32-10, IFRS 15.11 and 55). What a notice still
-- binds is not told apart: of rights to leave only those to leave at once are looked at.
with

free_to_leave as (
    select
        contract_id,
        {{ local_from_utc('coalesce(termination_from, effective_from)', 'time_zone') }} as free_from_local,
        0 as from_ordinal,
        999999 as to_ordinal
    from {{ ref('dim_contracts') }}
    where
        termination_right in ('customer', 'either')
        and termination_refund_kind = 'unused'
        and coalesce(termination_notice_days, 0) = 0
    union all
    select
        contracts.contract_id,
        {{ local_from_utc('terminations.effective_at', 'contracts.time_zone') }} as free_from_local,
        terminations.known_ordinal as from_ordinal,
        terminations.withdrawn_ordinal as to_ordinal
    from {{ ref('fct_terminations') }} as terminations
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = terminations.contract_id
        and contracts.termination_refund_kind in ('unused', 'full')
),

-- Promises of which all passes by time.
passing as (
    select obligation_id
    from {{ ref('dim_obligation_lines') }}
    where pattern <> 'price_only'
    group by obligation_id
    having bool_and(pattern in {{ patterns_by_time() }})
),

int_positions__refundable as (
    select distinct
        positions.book_scope,
        positions.obligation_id,
        positions.period_ordinal,
        positions.position_amount as refundable_amount
    from {{ ref('int_positions') }} as positions
    inner join passing on passing.obligation_id = positions.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = positions.entity_id
        and periods.period_ordinal = positions.period_ordinal
    inner join free_to_leave
        on free_to_leave.contract_id = positions.contract_id
        and free_to_leave.from_ordinal <= positions.period_ordinal
        and free_to_leave.to_ordinal > positions.period_ordinal
        and cast(free_to_leave.free_from_local as date) <= periods.end_date
    where positions.position_amount > 0
)

select * from int_positions__refundable

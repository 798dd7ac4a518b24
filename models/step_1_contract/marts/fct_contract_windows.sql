-- One row per contract, set of books, stretch of performance and closes that counted it: when what is performed there is performance of a contract.
--
-- Most contracts have one row: all they perform counts from the close at which they became one. Where
-- a contract was lost for a time, what is performed from then on did count for the closes before
-- it was lost (a schedule ahead), did not while it was, and does again, as catch-up, since it was regained.
with

gates as (
    select * from {{ ref('fct_contract_gates') }}
),

losses as (
    select * from {{ ref('fct_contract_losses') }}
),

starts as (
    select distinct
        contract_id,
        lost_from_at as from_at
    from losses
    union
    select distinct
        contract_id,
        timestamp '0001-01-01' as from_at
    from gates
),

stretches as (
    select
        contract_id,
        from_at,
        coalesce(lead(from_at) over (partition by contract_id order by from_at), timestamp '9999-12-31') as to_at
    from starts
),

-- A stretch is lost by each loss that began no later than it.
openings as (
    select
        gates.contract_id,
        gates.entity_id,
        gates.book_scope,
        stretches.from_at,
        stretches.to_at,
        0 as lost_ordinal,
        gates.gate_ordinal as opens_ordinal,
        gates.until_ordinal
    from gates
    inner join stretches on stretches.contract_id = gates.contract_id
    union all
    select
        gates.contract_id,
        gates.entity_id,
        gates.book_scope,
        stretches.from_at,
        stretches.to_at,
        losses.lost_ordinal,
        losses.regained_ordinal as opens_ordinal,
        gates.until_ordinal
    from gates
    inner join stretches on stretches.contract_id = gates.contract_id
    inner join losses
        on losses.contract_id = gates.contract_id
        and losses.book_scope = gates.book_scope
        and losses.lost_from_at <= stretches.from_at
),

closed as (
    select
        *,
        lead(lost_ordinal) over (partition by contract_id, book_scope, from_at order by lost_ordinal) as next_lost_ordinal
    from openings
),

fct_contract_windows as (
    select
        closed.contract_id,
        closed.entity_id,
        closed.book_scope,
        closed.from_at,
        closed.to_at,
        case when closed.from_at = timestamp '0001-01-01' then date '0001-01-01' else cast({{ local_from_utc('closed.from_at', 'entities.time_zone') }} as date) end as from_date,
        case when closed.to_at = timestamp '9999-12-31' then date '9999-12-31' else cast({{ local_from_utc('closed.to_at', 'entities.time_zone') }} as date) end as to_date,
        nullif(closed.opens_ordinal, 999999) as gate_ordinal,
        least(coalesce(closed.next_lost_ordinal, closed.until_ordinal), closed.until_ordinal) as until_ordinal,
        closed.next_lost_ordinal is null as is_standing
    from closed
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = closed.entity_id
)

select * from fct_contract_windows
where is_standing or gate_ordinal < until_ordinal

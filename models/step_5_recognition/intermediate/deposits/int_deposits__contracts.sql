-- One row per book and agreement that is no contract, was paid for good and has stopped: since which close each of the events of ASC 606-10-25-7 (IFRS 15.15) is known.
with

gates as (
    select
        books.book,
        gates.contract_id,
        gates.entity_id,
        coalesce(gates.gate_ordinal, 999999) as gate_ordinal
    from {{ ref('fct_contract_gates') }} as gates
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
    -- a contract from its approval on has no deposit
    inner join (select distinct contract_id from {{ ref('fct_cash_events') }} where kind = 'payment' and reason_code is null) as paid
        on paid.contract_id = gates.contract_id
),

-- What was stopped more than once is stopped from the first time, and again served from the last.
suspended as (
    select
        contract_id,
        min(effective_at) as stopped_at,
        min(stopped_ordinal) as stopped_ordinal,
        max(resumed_ordinal) as resumed_ordinal
    from {{ ref('fct_suspensions') }}
    group by contract_id
),

-- The termination that stands, else the one that stood last.
terminations as (
    select * from {{ ref('fct_terminations') }}
    qualify row_number() over (partition by contract_id order by withdrawn_ordinal desc) = 1
),

described as (
    select
        gates.*,
        contracts.time_zone,
        case when terminations.withdrawn_ordinal = 999999 then terminations.effective_at end as terminated_at,
        terminations.effective_at as noticed_at,
        greatest(terminations.known_ordinal, terminated.period_ordinal) as terminated_ordinal,
        case when terminations.withdrawn_ordinal < 999999 then terminations.withdrawn_ordinal end as reinstated_ordinal,
        suspended.stopped_at,
        suspended.stopped_ordinal,
        suspended.resumed_ordinal,
        contracts.effective_to as ended_at,
        -- the term is over when the period is that its last instant lies in
        case when not (ended.is_flash and contracts.effective_to > run.as_of) then ended.period_ordinal end as ended_ordinal
    from gates
    cross join {{ source('state', 'run_context') }} as run
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = gates.contract_id
        and contracts.termination_refund_kind = 'none'
    left join terminations on terminations.contract_id = gates.contract_id
    {{ join_period_of('terminated', 'gates.entity_id', 'terminations.effective_at') }}
    left join suspended on suspended.contract_id = gates.contract_id
    left join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = gates.entity_id
        and contracts.effective_to > ended.start_at
        and contracts.effective_to <= ended.end_at
        and ended.has_begun
),

int_deposits__contracts as (
    select
        * exclude (noticed_at),
        cast({{ local_from_utc('coalesce(least(terminated_at, stopped_at, ended_at), noticed_at)', 'time_zone') }} as date) as served_to_date
    from described
    where least(terminated_ordinal, stopped_ordinal, ended_ordinal) < gate_ordinal
)

select * from int_deposits__contracts

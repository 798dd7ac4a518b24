-- One row per obligation earned by progress, set of books, stretch of performance, component and version of its price as closes knew it.
with

fees as (
    select
        gates.book_scope,
        gates.from_at as stretch_from_at,
        gates.gate_ordinal,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.component,
        fees.allocated_amount as amount,
        -- what was corrected before the agreement became a contract arrives with the contract
        greatest(fees.known_from_ordinal, gates.gate_ordinal) * 10
        + case when gates.gate_ordinal >= fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as from_revision,
        case
            when gates.until_ordinal < fees.known_to_ordinal then gates.until_ordinal * 10 + {{ family('contract') }}
            when fees.known_to_ordinal < 999999 then fees.known_to_ordinal * 10 + fees.replaced_family
            else 99999999
        end as to_revision
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = fees.contract_id
        and fees.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    where
        fees.pattern = 'progress'
        -- a pool that an event changed is folded segment by segment
        and fees.pool_id not in (select pool_id from {{ ref('int_segments__beliefs') }})
),

changes as (
    select
        * exclude (from_revision, to_revision),
        from_revision as revision,
        1 as direction
    from fees
    union all
    select
        * exclude (from_revision, to_revision) replace (-amount as amount),
        to_revision as revision,
        -1 as direction
    from fees
    where to_revision < 99999999
),

moves as (
    select
        book_scope,
        stretch_from_at,
        gate_ordinal,
        entity_id,
        contract_id,
        obligation_id,
        component,
        revision,
        sum(amount) as amount,
        sum(direction) as direction
    from changes
    group by book_scope, stretch_from_at, gate_ordinal, entity_id, contract_id, obligation_id, component, revision
),

versions as (
    select
        *,
        cast(sum(amount) over in_order as decimal(38, 18)) as price,
        sum(direction) over in_order as standing_count,
        lead(revision, 1, 99999999) over in_order as next_revision
    from moves
    window in_order as (partition by book_scope, stretch_from_at, gate_ordinal, obligation_id, component order by revision)
),

int_progress__prices as (
    select
        book_scope,
        stretch_from_at,
        gate_ordinal,
        entity_id,
        contract_id,
        obligation_id,
        component,
        revision,
        next_revision,
        price
    from versions
    where standing_count > 0
)

select * from int_progress__prices

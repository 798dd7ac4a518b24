-- One row per obligation earned by progress, set of books, component, version of its price and segment of its terms: the price.
--
-- Each segment of changed terms has its price from its beginning on; what goes before keeps its own.
with

fees as (
    select
        gates.book_scope,
        fees.entity_id,
        fees.contract_id,
        fees.obligation_id,
        fees.component,
        fees.segment_number,
        coalesce(begun.period_ordinal, 0) as segment_ordinal,
        fees.allocated_amount as amount,
        -- what was corrected before the agreement became a contract arrives with the contract
        greatest(fees.known_from_ordinal, gates.gate_ordinal) * 10
        + case when gates.gate_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as from_revision,
        case
            when gates.until_ordinal < fees.known_to_ordinal then gates.until_ordinal * 10 + {{ family('contract') }}
            when fees.known_to_ordinal < 999999 then fees.known_to_ordinal * 10 + fees.replaced_family
            else 99999999
        end as to_revision
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = fees.contract_id
        and gates.gate_ordinal < fees.known_to_ordinal
        and gates.until_ordinal > greatest(fees.known_from_ordinal, gates.gate_ordinal)
    {{ join_period_of_date('begun', 'fees.entity_id', 'case when fees.segment_number > 0 then fees.segment_from_date end') }}
    where
        fees.pattern = 'progress'
        -- a pool that an event changed is earned by int_pattern__progress_modified
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

price_versions as (
    select
        *,
        lead(revision, 1, 99999999) over (partition by book_scope, obligation_id, component order by revision) as next_revision
    from (
        select distinct
            book_scope,
            obligation_id,
            component,
            revision
        from changes
    ) as distinct_changes
),

int_progress__prices as (
    select
        versions.book_scope,
        changes.entity_id,
        changes.contract_id,
        versions.obligation_id,
        versions.component,
        versions.revision,
        versions.next_revision,
        changes.segment_number,
        changes.segment_ordinal,
        cast(sum(changes.amount) as decimal(38, 18)) as price
    from price_versions as versions
    inner join changes
        on changes.book_scope = versions.book_scope
        and changes.obligation_id = versions.obligation_id
        and changes.component = versions.component
        and changes.revision <= versions.revision
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(changes.direction) > 0
)

select * from int_progress__prices

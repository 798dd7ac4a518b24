-- One row per fee, set of books, service period and revision: a fee earned as control passes (D5 PIT; ASC 606-10-25-30, IFRS 15.38).
with

-- A price stated in instalments is one price.
prices as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        component,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        max(quantity) * greatest(count(distinct interval_number), 1) as quantity,
        sum(allocated_amount) as allocated_amount
    from {{ ref('fct_allocated_fees') }}
    -- a pool that an event changed is earned by int_pattern__point_in_time_modified
    where
        pattern in {{ patterns_by_handover() }}
        and pool_id not in (select pool_id from {{ ref('int_segments__beliefs') }})
    group by all
),

-- What is believed no longer, and by nothing replaced, is worth nothing from then on.
versions as (
    select * from prices
    union all
    select
        ended.* replace (
            ended.known_to_ordinal as known_from_ordinal,
            999999 as known_to_ordinal,
            ended.replaced_family as arrived_family,
            cast(0 as decimal(38, 18)) as allocated_amount
        )
    from prices as ended
    left join prices as next_versions
        on next_versions.line_id = ended.line_id
        and next_versions.component is not distinct from ended.component
        and next_versions.book_scope = ended.book_scope
        and next_versions.known_from_ordinal = ended.known_to_ordinal
    where ended.known_to_ordinal < 999999 and next_versions.line_id is null
),

fees as (
    select
        gates.from_at as stretch_from_at,
        gates.to_at as stretch_to_at,
        gates.gate_ordinal,
        gates.until_ordinal,
        versions.* replace (gates.book_scope as book_scope),
        -- what was corrected before the agreement became a contract arrives with the contract
        greatest(versions.known_from_ordinal, gates.gate_ordinal) * 10
        + case when gates.gate_ordinal >= versions.known_from_ordinal then {{ family('contract') }} else versions.arrived_family end as revision
    from versions
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = versions.contract_id
        and versions.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < versions.known_to_ordinal
),

unit_values as (
    select
        *,
        lead(revision, 1, 99999999) over (partition by book_scope, stretch_from_at, gate_ordinal, line_id, component order by revision) as next_revision,
        allocated_amount - coalesce(lag(allocated_amount) over (partition by book_scope, stretch_from_at, gate_ordinal, line_id, component order by revision), 0) as amount_change
    from fees
),

products as (
    select
        unit_values.book_scope,
        unit_values.entity_id,
        unit_values.contract_id,
        unit_values.obligation_id,
        case unit_values.component when 'fee' then measures.own_component else unit_values.component end as component,
        case measures.pattern when 'milestone' then 'D5.MILESTONE' else 'D5.PIT' end as rule_code,
        unit_values.until_ordinal,
        measures.service_ordinal,
        greatest(measures.revision, unit_values.revision) as revision,
        measures.direction,
        case
            when unit_values.revision <= measures.revision then unit_values.allocated_amount
            else unit_values.amount_change
        end as amount,
        case measures.measure
            when 'units' then cast(measures.measure_value * 1000000 as {{ wide_integer() }})
            when 'percent' then cast(measures.measure_value * 10000 as {{ wide_integer() }})
            else 1000000
        end as part,
        case measures.measure
            when 'units' then cast(coalesce(nullif(unit_values.quantity, 0), 1) * 1000000 as {{ wide_integer() }})
            else 1000000
        end as whole
    from {{ ref('int_progress__handovers') }} as measures
    inner join unit_values
        on unit_values.line_id = measures.line_id
        and unit_values.next_revision > measures.revision
        and unit_values.stretch_from_at <= measures.occurred_at
        and unit_values.stretch_to_at > measures.occurred_at
),

earned as (
    select
        * replace (cast(direction * {{ share_of_measure('amount', 'part', 'whole') }} as decimal(38, 18)) as amount)
    from products
    where revision < until_ordinal * 10
),

int_pattern__point_in_time as (
    {{ earned_until_lost('earned') }}
)

select * from int_pattern__point_in_time

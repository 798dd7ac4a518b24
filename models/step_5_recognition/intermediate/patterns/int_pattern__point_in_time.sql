-- One row per fee, set of books, service period and revision: a fee earned as control passes (D5 PIT; ASC 606-10-25-30, IFRS 15.38).
--
-- Delivery passes control where acceptance is a formality, acceptance where it is substantive.
-- A delivery that states units or percent passes that part; one that states nothing passes all.
with

handovers as (
    select
        deliveries.delivery_id,
        deliveries.line_id,
        lines.pattern,
        lines.component as own_component,
        deliveries.occurred_at,
        deliveries.service_ordinal,
        deliveries.known_ordinal,
        deliveries.withdrawn_ordinal,
        deliveries.measure,
        deliveries.measure_value
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = deliveries.line_id
        and lines.pattern in {{ patterns_by_handover() }}
        and lines.passes_on = deliveries.kind
),

moves as (
    select
        handovers.*,
        case
            when known_ordinal = service_ordinal then service_ordinal * 10 + {{ family('normal') }}
            else known_ordinal * 10 + {{ family('usage') }}
        end as revision,
        1 as direction
    from handovers

    union all

    select
        handovers.*,
        withdrawn_ordinal * 10 + {{ family('void') }} as revision,
        -1 as direction
    from handovers
    where withdrawn_ordinal is not null
),

standing as (
    select
        *,
        coalesce(measure in ('units', 'percent'), false) as states_a_part,
        sum(direction) over (
            partition by line_id, coalesce(measure in ('units', 'percent'), false)
            order by revision asc, direction desc, occurred_at asc, delivery_id asc
            rows between unbounded preceding and current row
        ) as standing_count
    from moves
),

-- Of deliveries that state no part, control has passed while any of them stands.
measures as (
    select *
    from standing
    where
        states_a_part
        or direction = 1 and standing_count = 1
        or direction = -1 and standing_count = 0
),

fees as (
    select
        gates.book_scope,
        gates.from_at as stretch_from_at,
        gates.to_at as stretch_to_at,
        gates.gate_ordinal,
        gates.until_ordinal,
        fees.*,
        -- what was corrected before the agreement became a contract arrives with the contract
        greatest(fees.known_from_ordinal, gates.gate_ordinal) * 10
        + case when gates.gate_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as revision
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = fees.contract_id
        and gates.gate_ordinal < fees.known_to_ordinal
    -- a pool that an event changed is earned by int_pattern__point_in_time_modified
    where
        fees.pattern in {{ patterns_by_handover() }}
        and fees.pool_id not in (select pool_id from {{ ref('int_segments__beliefs') }})
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
    from measures
    inner join unit_values
        on unit_values.line_id = measures.line_id
        and unit_values.next_revision > measures.revision
        and unit_values.stretch_from_at <= measures.occurred_at
        and unit_values.stretch_to_at > measures.occurred_at
),

earned as (
    select
        *,
        cast(direction * {{ share_of('amount', 'part', 'whole') }} as decimal(38, 18)) as earned_amount
    from products
    where revision < until_ordinal * 10
),

int_pattern__point_in_time as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        rule_code,
        service_ordinal,
        false as is_after_as_of,
        revision,
        earned_amount as amount
    from earned

    union all

    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        'D1.CONTRACT_LOST' as rule_code,
        service_ordinal,
        false as is_after_as_of,
        until_ordinal * 10 + {{ family('contract') }} as revision,
        -earned_amount as amount
    from earned
    where until_ordinal < 999999
)

select * from int_pattern__point_in_time

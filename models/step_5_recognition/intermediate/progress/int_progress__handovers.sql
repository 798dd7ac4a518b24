-- One row per handover that passes control, and one where it was withdrawn: what part passed, and the revision that knows it.
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
int_progress__handovers as (
    select * exclude (standing_count)
    from standing
    where
        states_a_part
        or direction = 1 and standing_count = 1
        or direction = -1 and standing_count = 0
)

select * from int_progress__handovers

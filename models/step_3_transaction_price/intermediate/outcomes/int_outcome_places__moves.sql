-- One row per line segment, period of outcomes, place in it, measure, service period and revision: what that knowledge changed in the number of outcomes there.
with

int_outcome_places__moves as (
    select
        places.line_segment_number,
        places.resolved_ordinal,
        places.place,
        moves.measure,
        moves.service_ordinal,
        moves.revision,
        cast(sum(moves.quantity) as decimal(38, 9)) as quantity
    from {{ ref('int_outcome_places') }} as places
    inner join {{ ref('fct_outcome_moves') }} as moves
        on moves.outcome_id = places.outcome_id
        and moves.resolution_place = places.resolution_place
    where moves.line_segment_number in (select line_segment_number from {{ ref('int_outcome_places') }})
    group by 1, 2, 3, 4, 5, 6
    having sum(moves.quantity) <> 0
)

select * from int_outcome_places__moves

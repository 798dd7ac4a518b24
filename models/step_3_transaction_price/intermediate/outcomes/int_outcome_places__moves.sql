-- One row per line segment, period of outcomes, place in it, measure, service period and revision: what that knowledge changed in the number of outcomes there.
with

known as (
    select
        beliefs.*,
        places.place
    from {{ ref('fct_outcome_beliefs') }} as beliefs
    inner join {{ ref('int_outcome_places') }} as places
        on places.outcome_id = beliefs.outcome_id
        and places.resolution_place = beliefs.resolution_place
        and places.line_segment_number = beliefs.line_segment_number
),

{{ moves_of_outcomes('known') }},

int_outcome_places__moves as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        measure,
        cast(service_ordinal as integer) as service_ordinal,
        {{ revision_of_outcome() }} as revision,
        cast(sum(change) as decimal(38, 9)) as quantity
    from moves
    group by 1, 2, 3, 4, 5, 6
    having sum(change) <> 0
)

select * from int_outcome_places__moves

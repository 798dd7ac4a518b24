-- One row per time that an outcome was resolved at a price that depends on how many were before it: its place among those of its period.
--
-- Outcomes are counted in the order in which they were reached. Those in a row that fared alike at every close share a place.
with

counted as (
    select distinct rates.line_segment_number
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rates.line_id
    where rates.rated_by = 'quantity' and lines.line_kind = 'outcome'
),

reached as (
    select
        beliefs.outcome_id,
        beliefs.resolution_place,
        beliefs.line_segment_number,
        beliefs.resolved_ordinal,
        min(beliefs.resolved_at) as resolved_at
    from {{ ref('fct_outcome_beliefs') }} as beliefs
    where beliefs.line_segment_number in (select line_segment_number from counted)
    group by beliefs.outcome_id, beliefs.resolution_place, beliefs.line_segment_number, beliefs.resolved_ordinal
),

changes as (
    select
        moves.outcome_id,
        moves.resolution_place,
        moves.measure || ' ' || cast(moves.service_ordinal as varchar) || ' ' || cast(moves.revision as varchar)
        || case when sum(moves.quantity) > 0 then ' +' else ' -' end as change
    from {{ ref('fct_outcome_moves') }} as moves
    where moves.line_segment_number in (select line_segment_number from counted)
    group by moves.outcome_id, moves.resolution_place, moves.measure, moves.service_ordinal, moves.revision
    having sum(moves.quantity) <> 0
),

fates as (
    select
        outcome_id,
        resolution_place,
        {{ string_agg_ordered('change') }} as fate
    from changes
    group by outcome_id, resolution_place
),

compared as (
    select
        reached.*,
        coalesce(fates.fate <> lag(fates.fate) over in_order, true) as begins_place
    from reached
    inner join fates
        on fates.outcome_id = reached.outcome_id
        and fates.resolution_place = reached.resolution_place
    window in_order as (
        partition by reached.line_segment_number, reached.resolved_ordinal order by reached.resolved_at, reached.outcome_id, reached.resolution_place
    )
),

int_outcome_places as (
    select
        outcome_id,
        resolution_place,
        line_segment_number,
        resolved_ordinal,
        cast(sum(case when begins_place then 1 else 0 end) over (
            partition by line_segment_number, resolved_ordinal order by resolved_at, outcome_id, resolution_place
            rows between unbounded preceding and current row
        ) as integer) as place
    from compared
)

select * from int_outcome_places

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

-- Few lines have such a price, and only theirs are looked at.
known as (
    select *
    from {{ ref('fct_outcome_beliefs') }}
    where line_segment_number in (select line_segment_number from counted)
),

reached as (
    select
        outcome_id,
        resolution_place,
        line_segment_number,
        resolved_ordinal,
        min(resolved_at) as resolved_at
    from known
    group by outcome_id, resolution_place, line_segment_number, resolved_ordinal
),

{{ moves_of_outcomes('known') }},

changes as (
    select
        outcome_id,
        resolution_place,
        measure || ' ' || cast(service_ordinal as varchar) || ' ' || cast({{ revision_of_outcome() }} as varchar)
        || case when sum(change) > 0 then ' +' else ' -' end as change
    from moves
    group by outcome_id, resolution_place, measure, service_ordinal, {{ revision_of_outcome() }}
    having sum(change) <> 0
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

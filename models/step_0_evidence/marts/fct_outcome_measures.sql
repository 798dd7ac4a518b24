-- One row per line segment, measure, period of the outcomes, service period and revision: what that knowledge changed in the number of outcomes.
with

fct_outcome_measures as (
    select
        entity_id,
        contract_id,
        line_id,
        line_segment_number,
        segment_from_at,
        measure,
        resolved_ordinal,
        service_ordinal,
        revision,
        cast(sum(quantity) as decimal(38, 9)) as quantity
    from {{ ref('fct_outcome_moves') }}
    group by all
    having sum(quantity) <> 0
)

select * from fct_outcome_measures

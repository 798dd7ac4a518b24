{{ config(materialized='view') }} {#- the outcomes behind a sum: nothing else reads them one by one -#}
-- One row per time that an outcome was resolved, measure, service period and revision: what that knowledge changed in what is counted.
--
-- Measures: resolved, open (neither confirmed nor reversed), confirmed, reversed inside the window, given back after it; past_window
-- and reversed_past_window count outcomes once their window is over, so that late confirmations do not look like few. Each belief
-- adds what it holds from the close that formed it and takes it away at the close that formed the next one.
with

{{ moves_of_outcomes(ref('fct_outcome_beliefs')) }},

fct_outcome_moves as (
    select
        outcome_id,
        resolution_place,
        entity_id,
        contract_id,
        line_id,
        line_segment_number,
        segment_from_at,
        measure,
        resolved_ordinal,
        cast(service_ordinal as integer) as service_ordinal,
        {{ revision_of_outcome() }} as revision,
        cast(change as decimal(38, 9)) as quantity
    from moves
)

select * from fct_outcome_moves

{{ config(materialized='view') }} {#- the results of this run are remembered after the build, and must show -#}
-- One row per run and control, and per entity and period in which the run found violators.
with

fct_control_history as (
    select
        results.run_id,
        runs.started_at,
        runs.as_of,
        results.control_code,
        results.severity,
        results.entity_id,
        results.period_id,
        results.violation_count,
        results.largest_difference
    from {{ source('state', 'control_results') }} as results
    inner join {{ source('state', 'runs') }} as runs on runs.run_id = results.run_id
)

select * from fct_control_history

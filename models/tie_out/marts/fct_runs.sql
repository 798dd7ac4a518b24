{{ config(materialized='view') }} {#- the run's own row is written after the build, and must show -#}
-- One row per run, this one included, and those that published nothing.
with

finished as (
    select
        run_id,
        as_of,
        project_version,
        raw_folder,
        started_at,
        seconds,
        outcome,
        exit_code,
        error,
        rejected_row_count,
        held_row_count,
        built_node_count,
        kept_node_count
    from {{ source('state', 'runs') }}
),

building as (
    select
        run_id,
        as_of,
        project_version,
        raw_folder,
        started_at,
        cast(null as decimal(12, 3)) as seconds,
        'building' as outcome,
        cast(null as integer) as exit_code,
        cast(null as varchar) as error,
        cast(null as bigint) as rejected_row_count,
        cast(null as bigint) as held_row_count,
        cast(null as bigint) as built_node_count,
        cast(null as bigint) as kept_node_count
    from {{ source('state', 'run_context') }}
    where run_id not in (select run_id from finished)
),

fct_runs as (
    select * from finished
    union all
    select * from building
)

select * from fct_runs

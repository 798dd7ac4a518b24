-- One row per run, this one included.
with

fct_runs as (
    select
        run_id,
        as_of,
        project_version,
        started_at,
        seconds,
        outcome,
        rejected_row_count,
        held_row_count
    from {{ source('state', 'runs') }}

    union all

    select
        run_id,
        as_of,
        project_version,
        started_at,
        null as seconds,
        'building' as outcome,
        null as rejected_row_count,
        null as held_row_count
    from {{ source('state', 'run_context') }}
)

select * from fct_runs

{{ config(materialized='view') }} {#- the run's own rows are written after the build, and must show -#}
-- One row per run and input file that the run was built from.
with

fct_run_files as (
    select
        run_id,
        table_name,
        path as input_file,
        content_hash,
        is_new,
        first_loaded_at,
        byte_count,
        row_count,
        rejected_row_count,
        held_row_count
    from {{ source('state', 'run_files') }}
)

select * from fct_run_files

-- One row per input file that was loaded before and is gone, or has fewer rows than it had.
with

-- a file given up on purpose is accepted by name, until a date
given_up as (
    select subject as path
    from {{ ref('accepted_exceptions') }}
    where
        exception_code = 'FILE_MISSING'
        and cast(expires_on as date) > cast((select as_of from {{ source('state', 'run_context') }}) as date)
),

chk_loaded_files_remain as (
    select
        'chk_loaded_files_remain' as control_code,
        '*' as book,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        path as subject,
        cast(row_count as decimal(38, 18)) as expected_amount,
        cast(row_count_now as decimal(38, 18)) as actual_amount
    from {{ source('state', 'lost_files') }}
    where path not in (select path from given_up)
)

select * from chk_loaded_files_remain

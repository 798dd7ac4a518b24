-- One row per input that was read but not used as given.
with

unknown_columns as (
    select
        'UNKNOWN_COLUMN' as exception_code,
        'warn' as severity,
        path as subject,
        'Columns that the input contract does not know were not read: ' || replace(unknown_columns, '|', ', ') || '.' as message
    from {{ source('state', 'input_files') }}
    where unknown_columns is not null
),

changed_files as (
    select
        'FILE_CHANGED' as exception_code,
        'warn' as severity,
        path as subject,
        'The file changed after it was loaded, other than by rows added at its end: what it said before (sha256 '
        || changed_from_hash || ') may have been posted. Its rows keep their recorded times.' as message
    from {{ source('state', 'input_files') }}
    where changed_from_hash is not null and after_row = 0
),

lost_files as (
    select
        'FILE_MISSING' as exception_code,
        'block' as severity,
        path as subject,
        case
            when is_missing then 'The file was loaded before and is gone: its '
            else 'The file has fewer rows than were loaded from it: of its '
        end
        || cast(row_count as varchar) || ' rows ' || cast(row_count_now as varchar)
        || ' are left. Put it back: inputs are only added to, and what is withdrawn is withdrawn by a later row.' as message
    from {{ source('state', 'lost_files') }}
),

int_exceptions__inputs as (
    select * from unknown_columns
    union all
    select * from changed_files
    union all
    select * from lost_files
)

select * from int_exceptions__inputs

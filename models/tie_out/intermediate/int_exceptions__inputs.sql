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

-- Elections of something else than what runs anyway.
elections as (
    select
        elections.election_id,
        elections.topic,
        elections.recorded_at,
        topics.is_applied
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    inner join {{ ref('policy_topics') }} as topics on topics.topic = elections.topic
    where
        elections.known_until_at is null
        and elections.choice is distinct from topics.default_choice
),

-- An election on a topic whose rule is not built yet changes nothing, and says so.
unapplied_elections as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' changes nothing in this version.' as message
    from elections
    where not is_applied
),

-- What decides how periods are cut or lines are grouped cannot be changed for closed periods; an
-- election of what ran anyway changes nothing and is not late.
late_elections as (
    select
        'ELECTION_TOO_LATE' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' was recorded after a close: what was closed goes on as it was, and so does what began before.' as message
    from elections
    where
        topic in ('time_zone', 'functional_currency', 'reporting_currency', 'po_grouping', 'acceptance', 'promise_nature', 'over_time_measure', 'licence_nature', 'principal_agent', 'termination_penalty', 'royalty_exception', 'ramp', 'tiered_pricing', 'minimum_substance', 'overage_method', 'shortfall')
        and recorded_at > (
            select min(knowledge_cutoff_at)
            from {{ accepted(ref('stg_accounting_periods')) }}
            where state = 'closed'
        )
),

int_exceptions__inputs as (
    select * from unknown_columns
    union all
    select * from changed_files
    union all
    select * from lost_files
    union all
    select * from unapplied_elections
    union all
    select * from late_elections
)

select * from int_exceptions__inputs

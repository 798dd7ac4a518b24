-- One row per input that was read but not used as given.
with

rejected as (
    select
        'ROWS_' || upper(state) as exception_code,
        'warn' as severity,
        table_name || ': ' || reason_code || coalesce(', ' || currency, '') as subject,
        sum(amount_at_stake) as amount,
        currency,
        cast(count(*) as varchar) || ' rows of ' || table_name || ' are ' || state || '. ' || min(reason) as message
    from {{ ref('fct_rejected_rows') }}
    where
        state in ('rejected', 'held')
        -- what an earlier date does not know yet is no exception to it
        and reason_code <> 'NOT_YET_KNOWN'
    group by state, table_name, reason_code, currency
),

unknown_columns as (
    select
        'UNKNOWN_COLUMN' as exception_code,
        'warn' as severity,
        path as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'Columns that the input contract does not know were not read: ' || replace(unknown_columns, '|', ', ') || '.' as message
    from {{ source('state', 'input_files') }}
    where unknown_columns is not null
),

changed_files as (
    select
        'FILE_CHANGED' as exception_code,
        'warn' as severity,
        path as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'The file changed after it was loaded: what it said before may have been posted.' as message
    from {{ source('state', 'input_files') }}
    where changed_from_hash is not null
),

-- An election on a topic whose rule is not built yet changes nothing, and says so.
unapplied_elections as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        elections.election_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'The election on ' || elections.topic || ' changes nothing in this version.' as message
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    inner join {{ ref('policy_topics') }} as topics
        on topics.topic = elections.topic
        and not topics.is_applied
    where
        elections.known_until_at is null
        and elections.choice is distinct from topics.default_choice
),

-- What decides how periods are cut or lines are grouped cannot be changed for closed periods.
late_elections as (
    select
        'ELECTION_TOO_LATE' as exception_code,
        'warn' as severity,
        elections.election_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'The election on ' || elections.topic || ' was recorded after a close: what was closed goes on as it was, and so does what began before.' as message
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    where
        elections.topic in ('time_zone', 'functional_currency', 'reporting_currency', 'po_grouping', 'acceptance')
        and elections.known_until_at is null
        and elections.recorded_at > (
            select min(knowledge_cutoff_at)
            from {{ accepted(ref('stg_accounting_periods')) }}
            where state = 'closed'
        )
),

int_exceptions__inputs as (
    select * from rejected
    union all
    select * from unknown_columns
    union all
    select * from changed_files
    union all
    select * from unapplied_elections
    union all
    select * from late_elections
)

select * from int_exceptions__inputs

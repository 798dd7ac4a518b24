-- One row per book, obligation and posting role of which a closed period would post another figure today: it posts in the first open period.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

computed as (
    select
        books.book,
        lines.entity_id,
        lines.contract_id,
        lines.obligation_id,
        lines.posting_role,
        lines.signed_amount
    from {{ ref('int_journal_lines') }} as lines
    inner join {{ ref('books') }} as books on books.book_scope = lines.book_scope
    where lines.is_sealed
    union all
    select
        books.book,
        lines.entity_id,
        lines.contract_id,
        lines.obligation_id,
        lines.posting_role,
        lines.signed_amount
    from {{ ref('int_journal_lines__adjustments') }} as lines
    inner join {{ ref('books') }} as books on books.book_scope = lines.book_scope
    where lines.is_sealed
),

sealed_periods as (
    select * from {{ ref('dim_sealed_periods') }}
),

stored as (
    select posted.*
    from {{ source('state', 'posted_journal_lines') }} as posted
    inner join sealed_periods
        on sealed_periods.entity_id = posted.entity_id
        and sealed_periods.period_id = posted.period_id
),

open_to_change as (
    select
        entity_id,
        min(period_ordinal) as period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where state = 'open'
    group by 1
),

differences as (
    select * from computed
    union all
    select
        book,
        entity_id,
        contract_id,
        obligation_id,
        posting_role,
        credit_amount - debit_amount as signed_amount
    from stored
),

changed as (
    select
        book,
        entity_id,
        contract_id,
        obligation_id,
        posting_role,
        cast(sum(signed_amount) as decimal(38, 4)) as signed_amount
    from differences
    -- what was posted by hand for no contract is no result of logic
    where contract_id is not null
    group by 1, 2, 3, 4, 5
    having sum(signed_amount) <> 0
),

int_journal_lines__logic_changes as (
    select
        changed.book,
        changed.entity_id,
        changed.contract_id,
        changed.obligation_id,
        cast(null as varchar) as source_id,
        periods.period_ordinal,
        periods.period_id,
        case
            when periods.is_flash then cast(run.as_of as date)
            else cast(periods.end_date - interval 1 day as date)
        end as entry_date,
        'logic_change' as event_type,
        false as is_reversal,
        cast(null as varchar) as component,
        'LOGIC_CHANGE' as cause_code,
        changed.contract_id || ':' || periods.period_id || ':logic_change:' || cast(entry_date as varchar) as journal_id,
        cast(row_number() over (
            partition by changed.book, changed.contract_id order by changed.obligation_id nulls last, changed.posting_role
        ) as integer) as line_number,
        changed.posting_role,
        changed.signed_amount
    from changed
    inner join open_to_change on open_to_change.entity_id = changed.entity_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = open_to_change.entity_id
        and periods.period_ordinal = open_to_change.period_ordinal
    cross join run
)

select * from int_journal_lines__logic_changes

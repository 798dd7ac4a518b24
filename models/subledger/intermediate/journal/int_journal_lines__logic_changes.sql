-- One row per book, obligation and posting role of which a closed period would post another figure today: it posts in the first open period.
with

computed as (
    select
        books.book,
        lines.* exclude (book_scope)
    from {{ ref('int_journal_lines') }} as lines
    inner join {{ ref('books') }} as books on books.book_scope = lines.book_scope
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
    group by entity_id
),

differences as (
    select
        computed.book,
        computed.entity_id,
        computed.contract_id,
        computed.obligation_id,
        computed.posting_role,
        computed.signed_amount
    from computed
    inner join sealed_periods
        on sealed_periods.entity_id = computed.entity_id
        and sealed_periods.period_ordinal = computed.period_ordinal
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

int_journal_lines__logic_changes as (
    select
        differences.book,
        differences.entity_id,
        differences.contract_id,
        differences.obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        open_to_change.period_ordinal,
        'logic_change' as event_type,
        false as is_reversal,
        cast(null as varchar) as component,
        'LOGIC_CHANGE' as cause_code,
        1 as leg,
        differences.posting_role,
        cast(sum(differences.signed_amount) as decimal(38, 4)) as signed_amount
    from differences
    inner join open_to_change on open_to_change.entity_id = differences.entity_id
    group by differences.book, differences.entity_id, differences.contract_id, differences.obligation_id, open_to_change.period_ordinal, differences.posting_role
    having sum(differences.signed_amount) <> 0
)

select * from int_journal_lines__logic_changes

-- One row per book, journal and line: the double-entry subledger.
--
-- Lines of closed periods are those that were stored when they closed; where today's facts and
-- logic give another figure for one, the difference posts in the first open period.
with

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

unstored as (
    select computed.*
    from {{ ref('int_journal_lines') }} as computed
    left join sealed_periods
        on sealed_periods.entity_id = computed.entity_id
        and sealed_periods.period_ordinal = computed.period_ordinal
    where sealed_periods.period_ordinal is null
    union all by name
    select
        changes.* exclude (book),
        changes.book as book_scope
    from {{ ref('int_journal_lines__logic_changes') }} as changes
),

dated as (
    select
        unstored.*,
        periods.period_id,
        -- an event of an earlier date, learned later, is dated to the first day of the period it posts in
        case
            when unstored.is_reversal then periods.start_date
            when unstored.event_date is null and periods.is_flash then (select cast(as_of as date) from {{ source('state', 'run_context') }})
            when unstored.event_date is null then cast(periods.end_date - interval 1 day as date)
            else greatest(unstored.event_date, periods.start_date)
        end as entry_date
    from unstored
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = unstored.entity_id
        and periods.period_ordinal = unstored.period_ordinal
),

named as (
    select
        *,
        contract_id || ':' || period_id || ':' || event_type
        || case when is_reversal then ':reversal' else '' end
        || coalesce(':' || source_id, '') || ':' || cast(entry_date as varchar) as journal_id
    from dated
),

-- Lines of both books are numbered once, before they are written out for each.
numbered as (
    select
        *,
        sum(case when book_scope in ('both', 'asc606') then 1 else 0 end) over in_journal as asc606_line_number,
        sum(case when book_scope in ('both', 'ifrs15') then 1 else 0 end) over in_journal as ifrs15_line_number
    from named
    window in_journal as (
        partition by journal_id
        order by obligation_id nulls last, component, cause_code, leg, posting_role, book_scope
        rows between unbounded preceding and current row
    )
),

accounted as (
    select
        books.book,
        numbered.*,
        contracts.customer_id,
        contracts.currency,
        coalesce(contracts.functional_currency, contracts.currency) as functional_currency,
        coalesce(own_account.account_code, default_account.account_code) as account_code,
        coalesce(own_account.account_name, default_account.account_name) as account_name
    from numbered
    inner join {{ ref('books') }} as books on books.book_scope = numbered.book_scope
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = numbered.contract_id
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = numbered.obligation_id
    inner join {{ ref('dim_accounts') }} as default_account
        on default_account.entity_id = numbered.entity_id
        and default_account.posting_role = numbered.posting_role
        and default_account.product_id = '*'
    left join {{ ref('dim_accounts') }} as own_account
        on own_account.entity_id = numbered.entity_id
        and own_account.posting_role = numbered.posting_role
        and own_account.product_id = obligations.product_id
),

fct_journal_lines as (
    select
        book,
        entity_id,
        period_id,
        period_ordinal,
        entry_date,
        journal_id,
        cast(case book when 'asc606' then asc606_line_number else ifrs15_line_number end as integer) as line_number,
        customer_id,
        contract_id,
        obligation_id,
        event_type,
        is_reversal,
        component,
        cause_code,
        source_id,
        posting_role,
        account_code,
        account_name,
        currency,
        greatest(signed_amount, 0) as debit_amount,
        greatest(-signed_amount, 0) as credit_amount,
        functional_currency,
        case when functional_currency = currency then greatest(signed_amount, 0) end as functional_debit_amount,
        case when functional_currency = currency then greatest(-signed_amount, 0) end as functional_credit_amount
    from accounted

    union all

    select
        stored.book,
        stored.entity_id,
        stored.period_id,
        sealed_periods.period_ordinal,
        stored.entry_date,
        stored.journal_id,
        stored.line_number,
        stored.customer_id,
        stored.contract_id,
        stored.obligation_id,
        stored.event_type,
        stored.is_reversal,
        stored.component,
        stored.cause_code,
        stored.source_id,
        stored.posting_role,
        stored.account_code,
        stored.account_name,
        stored.currency,
        stored.debit_amount,
        stored.credit_amount,
        stored.functional_currency,
        stored.functional_debit_amount,
        stored.functional_credit_amount
    from stored
    inner join sealed_periods
        on sealed_periods.entity_id = stored.entity_id
        and sealed_periods.period_id = stored.period_id
)

select * from fct_journal_lines

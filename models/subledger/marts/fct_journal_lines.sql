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
    select * exclude (event_date, is_sealed, leg)
    from {{ ref('int_journal_lines') }}
    where not is_sealed
    union all by name
    select * exclude (is_sealed)
    from {{ ref('int_journal_lines__adjustments') }}
    where not is_sealed
    union all by name
    select
        * exclude (book, line_number),
        book as book_scope,
        line_number as asc606_line_number,
        line_number as ifrs15_line_number
    from {{ ref('int_journal_lines__logic_changes') }}
),

-- Lines of both books are worked out once, before they are written out for each.
accounted as (
    select
        unstored.* exclude (currency),
        contracts.customer_id,
        coalesce(contracts.currency, unstored.currency) as currency,
        coalesce(entities.functional_currency, contracts.currency, unstored.currency) as functional_currency,
        coalesce(own_account.account_code, default_account.account_code) as account_code,
        coalesce(own_account.account_name, default_account.account_name) as account_name
    from unstored
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = unstored.entity_id
    -- a manual adjustment may be of no contract
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = unstored.contract_id
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = unstored.obligation_id
    inner join {{ ref('dim_accounts') }} as default_account
        on default_account.entity_id = unstored.entity_id
        and default_account.posting_role = unstored.posting_role
        and default_account.product_id = '*'
    left join {{ ref('dim_accounts') }} as own_account
        on own_account.entity_id = unstored.entity_id
        and own_account.posting_role = unstored.posting_role
        and own_account.product_id = obligations.product_id
),

fct_journal_lines as (
    select
        books.book,
        accounted.entity_id,
        accounted.period_id,
        accounted.period_ordinal,
        accounted.entry_date,
        accounted.journal_id,
        case books.book when 'asc606' then accounted.asc606_line_number else accounted.ifrs15_line_number end as line_number,
        accounted.customer_id,
        accounted.contract_id,
        accounted.obligation_id,
        accounted.event_type,
        accounted.is_reversal,
        accounted.component,
        accounted.cause_code,
        accounted.source_id,
        accounted.posting_role,
        accounted.account_code,
        accounted.account_name,
        accounted.currency,
        greatest(accounted.signed_amount, 0) as debit_amount,
        greatest(-accounted.signed_amount, 0) as credit_amount,
        accounted.functional_currency,
        case when accounted.functional_currency = accounted.currency then greatest(accounted.signed_amount, 0) end as functional_debit_amount,
        case when accounted.functional_currency = accounted.currency then greatest(-accounted.signed_amount, 0) end as functional_credit_amount
    from accounted
    inner join {{ ref('books') }} as books on books.book_scope = accounted.book_scope

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

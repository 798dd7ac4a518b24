-- Everything about one outcome, in order: each change of state with both of its times, its window and fee, the invoice
-- lines that billed or credited it, and the journal lines of its obligation in the periods in which it counted. Amounts
-- are in the major unit of the contract's currency.
with

outcome as (
    select *
    from {{ ref('fct_outcomes') }}
    where outcome_id = 'spc_outcomes_001.o0004'
),

counted as (
    select distinct periods.period_id
    from {{ ref('fct_outcome_moves') }} as moves
    inner join outcome on outcome.outcome_id = moves.outcome_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = moves.entity_id
        and periods.period_ordinal in ({{ int_div('moves.revision', '10') }}, moves.service_ordinal)
),

states as (
    select
        1 as part,
        events.occurred_at as happened_at,
        'state ' || events.state as what,
        'known since ' || cast(events.recorded_at as varchar) || coalesce(', ' || events.reason, '') as detail,
        cast(null as decimal(38, 18)) as amount
    from {{ ref('fct_outcome_events') }} as events
    inner join outcome on outcome.outcome_id = events.outcome_id
),

terms as (
    select
        2 as part,
        coalesce(outcome.confirmed_at, outcome.window_ends_at) as happened_at,
        outcome.state as what,
        'window to ' || coalesce(cast(outcome.window_ends_at as varchar), 'no end') || ' of line ' || outcome.line_id as detail,
        outcome.fee_amount as amount
    from outcome
),

-- An invoice bills outcomes by the window in which they were reached; a line without one, those of its month of issue.
invoices as (
    select
        3 as part,
        cast(billed.issued_date as timestamp) as happened_at,
        billed.doc_type as what,
        billed.document_id || ' line ' || billed.document_line_id as detail,
        cast({{ from_minor_units('billed.net_minor', 'currencies.minor_unit_exponent') }} as decimal(38, 18)) as amount
    from {{ ref('fct_billing_lines') }} as billed
    inner join outcome on outcome.line_id = billed.line_id
    inner join {{ ref('currencies') }} as currencies on currencies.currency = outcome.currency
    where
        cast(outcome.occurred_at as date) >= coalesce(billed.period_from_date, cast(date_trunc('month', billed.issued_date) as date))
        and cast(outcome.occurred_at as date) < coalesce(billed.period_to_date, cast(billed.issued_date + interval 1 day as date))
),

entries as (
    select
        4 as part,
        cast(journal.entry_date as timestamp) as happened_at,
        journal.book || ' ' || journal.account_code || ' ' || journal.account_name as what,
        journal.journal_id || ' line ' || cast(journal.line_number as varchar) as detail,
        cast(journal.credit_amount - journal.debit_amount as decimal(38, 18)) as amount
    from {{ ref('fct_journal_lines') }} as journal
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.obligation_id = journal.obligation_id
    inner join outcome on outcome.line_id = lines.line_id
    inner join counted on counted.period_id = journal.period_id
    where journal.posting_role in ('revenue_outcome', 'revenue_agency', 'contra_outcome_reversals', 'contra_concessions')
)

select * from states
union all
select * from terms
union all
select * from invoices
union all
select * from entries
order by part, happened_at, detail

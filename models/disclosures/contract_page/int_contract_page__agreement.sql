-- One row per book, contract and statement about it: who agreed what, what was decided on it, what changed it (steps 1 and 2).
with

books as (
    select distinct book from {{ ref('books') }}
),

contracts as (
    select * from {{ ref('dim_contracts') }}
),

lines as (
    select
        line_id,
        contract_id
    from {{ ref('dim_obligation_lines') }}
    union
    select
        line_id,
        contract_id
    from {{ ref('fct_unsupported_lines') }}
    union
    -- an option that is no material right promises nothing, but it was judged
    select
        line_id,
        contract_id
    from {{ ref('fct_options') }}
    union
    -- nor does a line that only makes the price variable
    select
        line_id,
        contract_id
    from {{ ref('fct_variable_consideration') }}
),

-- Each subject of a judgement belongs to one contract.
subjects as (
    select
        'contract' as subject_type,
        contract_id as subject,
        contract_id
    from contracts
    union
    select
        'line' as subject_type,
        line_id as subject,
        contract_id
    from lines
    union
    select
        'obligation' as subject_type,
        obligation_id as subject,
        contract_id
    from {{ ref('dim_obligations') }}
    union
    select
        'contract_event' as subject_type,
        contract_event_id as subject,
        contract_id
    from {{ ref('fct_contract_changes') }}
    union
    -- of an event that does several things each is judged
    select
        'contract_event' as subject_type,
        contract_event_id || ' / ' || obligation_id as subject,
        contract_id
    from {{ ref('fct_modification_treatments') }}
    union
    select
        'contract_event' as subject_type,
        contract_event_id || ' / ' || line_id as subject,
        contract_id
    from {{ ref('fct_unpriced_terms') }}
    union
    select
        'grant' as subject_type,
        grant_id as subject,
        contract_id
    from {{ ref('fct_credit_grants') }}
),

parties as (
    select
        books.book,
        contracts.contract_id,
        'parties and term' as part,
        contracts.customer_id as subject,
        case books.book when 'asc606' then contracts.asc606_contract_since else contracts.ifrs15_contract_since end as period_id,
        'agreement' as item,
        'entity ' || contracts.entity_id
        || '; approved by ' || contracts.approval_kind
        || '; signed ' || coalesce(cast(contracts.signed_at as varchar), 'not')
        || '; from ' || cast(contracts.effective_from as varchar)
        || ' to ' || coalesce(cast(contracts.effective_to as varchar), 'an open end')
        || '; may be ended by ' || contracts.termination_right as note,
        contracts.currency
    from contracts
    cross join books
),

promises as (
    select
        books.book,
        obligations.contract_id,
        'performance obligation' as part,
        obligations.obligation_id as subject,
        cast(null as varchar) as period_id,
        obligations.nature as item,
        obligations.timing
        || '; pattern ' || obligations.pattern
        || case when obligations.is_series then '; a series' else '' end
        || '; lines ' || cast(obligations.line_count as varchar) as note,
        obligations.currency
    from {{ ref('dim_obligations') }} as obligations
    cross join books
),

judgements as (
    select
        books.book,
        subjects.contract_id,
        'judgement' as part,
        judgements.subject,
        judgements.as_of_period_id as period_id,
        judgements.decision_code as item,
        judgements.outcome || ' by ' || judgements.rule_code || ' (' || judgements.basis || '): ' || judgements.inputs_seen as note,
        cast(null as varchar) as currency
    from {{ ref('fct_judgements') }} as judgements
    inner join books on judgements.book in (books.book, '*')
    inner join subjects
        on subjects.subject_type = judgements.subject_type
        and subjects.subject = judgements.subject
),

int_contract_page__agreement as (
    select * from parties
    union all
    select * from promises
    union all
    select * from judgements
)

select * from int_contract_page__agreement

-- One row per invoice of a cohort of self-serve contracts and what moved it: it came due, it was voided, or part of it was collected (D1).
--
-- What is paid back, charged back or written off is not collected, and what is paid beyond a
-- document is collected for another one, or nobody's yet.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

cohorts as (
    select * from {{ ref('int_contracts__self_serve') }}
),

documents as (
    select
        lines.document_id,
        cohorts.cohort_id,
        lines.entity_id,
        min(lines.due_date) as due_date,
        min(lines.known_ordinal) as known_ordinal,
        min(lines.void_known_ordinal) as void_ordinal,
        sum(lines.net_minor + lines.tax_minor) as due_minor
    from {{ ref('fct_billing_lines') }} as lines
    inner join cohorts on cohorts.contract_id = lines.contract_id
    where lines.doc_type = 'invoice'
    group by lines.document_id, cohorts.cohort_id, lines.entity_id
    having sum(lines.net_minor + lines.tax_minor) > 0
),

due as (
    select
        documents.document_id,
        documents.cohort_id,
        documents.entity_id,
        greatest(documents.known_ordinal, fell_due.period_ordinal) as due_ordinal,
        documents.void_ordinal,
        cast(documents.due_minor as {{ wide_integer() }}) as due_minor
    from documents
    {{ join_period_of_date('fell_due', 'documents.entity_id', 'documents.due_date') }}
    cross join run
    where documents.due_date <= cast({{ local_from_utc('run.as_of', "'UTC'") }} as date)
),

settlements as (
    select
        due.document_id,
        due.cohort_id,
        due.entity_id,
        due.due_minor,
        greatest(due.due_ordinal, cash.known_ordinal, happened.period_ordinal, case moves.move when 2 then cash.withdrawn_ordinal end) as collected_ordinal,
        sum(
            case when cash.kind in ('refund', 'chargeback') then -1 else 1 end
            * case moves.move when 2 then -1 else 1 end
            * {{ to_minor_units('cash.amount', 'currencies.minor_unit_exponent') }}
        ) as collected_minor
    from due
    inner join {{ ref('fct_cash_events') }} as cash
        on cash.document_id = due.document_id
        and cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'balance_applied')
        and cash.reason_code is null
    inner join {{ ref('currencies') }} as currencies on currencies.currency = cash.currency
    inner join (values (1), (2)) as moves (move) on moves.move = 1 or cash.withdrawn_ordinal is not null
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.occurred_date') }}
    group by all
),

collected as (
    select
        *,
        least(due_minor, sum(collected_minor) over (partition by document_id order by collected_ordinal)) as collected_to_date
    from settlements
),

int_cohorts__invoices as (
    select
        cohort_id,
        entity_id,
        due_ordinal as period_ordinal,
        1 as document_count,
        cast(due_minor as decimal(38, 0)) as due_minor,
        cast(0 as decimal(38, 0)) as collected_minor
    from due
    union all
    select
        cohort_id,
        entity_id,
        greatest(due_ordinal, void_ordinal) as period_ordinal,
        -1 as document_count,
        cast(-due_minor as decimal(38, 0)) as due_minor,
        cast(0 as decimal(38, 0)) as collected_minor
    from due
    where void_ordinal is not null
    union all
    select
        cohort_id,
        entity_id,
        collected_ordinal as period_ordinal,
        0 as document_count,
        cast(0 as decimal(38, 0)) as due_minor,
        cast(
            collected_to_date - coalesce(lag(collected_to_date) over (partition by document_id order by collected_ordinal), 0)
            as decimal(38, 0)
        ) as collected_minor
    from collected
)

select * from int_cohorts__invoices

-- One row per cohort of self-serve contracts and close from which on enough came due: which share of it was collected, as known there (D1).
--
-- Share = collected / due, over the invoices of the cohort that had come due; what is paid back,
-- charged back or written off is not collected. The experience of the cohort is evidence for each
-- of its contracts (ASC 606-10-55-99, IFRS 15.IE15), not the portfolio expedient.
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
        greatest(due.due_ordinal, cash.known_ordinal, case moves.move when 2 then cash.withdrawn_ordinal end) as collected_ordinal,
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
    inner join (select 1 as move union all select 2 as move) as moves on moves.move = 1 or cash.withdrawn_ordinal is not null
    group by all
),

-- What is paid beyond a document is collected for another one, or nobody's yet.
collected as (
    select
        *,
        least(due_minor, sum(collected_minor) over (partition by document_id order by collected_ordinal)) as collected_to_date
    from settlements
),

moves as (
    select
        cohort_id,
        entity_id,
        due_ordinal as period_ordinal,
        1 as document_count,
        due_minor,
        cast(0 as {{ wide_integer() }}) as collected_minor
    from due
    union all
    select
        cohort_id,
        entity_id,
        greatest(due_ordinal, void_ordinal) as period_ordinal,
        -1 as document_count,
        -due_minor as due_minor,
        cast(0 as {{ wide_integer() }}) as collected_minor
    from due
    where void_ordinal is not null
    union all
    select
        cohort_id,
        entity_id,
        collected_ordinal as period_ordinal,
        0 as document_count,
        cast(0 as {{ wide_integer() }}) as due_minor,
        collected_to_date - coalesce(lag(collected_to_date) over (partition by document_id order by collected_ordinal), 0) as collected_minor
    from collected
),

by_period as (
    select
        cohort_id,
        entity_id,
        period_ordinal,
        sum(document_count) as document_count,
        sum(due_minor) as due_minor,
        sum(collected_minor) as collected_minor
    from moves
    group by cohort_id, entity_id, period_ordinal
),

-- Dense: each close reads the history as it knew it.
grid as (
    select
        firsts.cohort_id,
        firsts.entity_id,
        periods.period_ordinal
    from (select cohort_id, entity_id, min(period_ordinal) as first_ordinal from by_period group by cohort_id, entity_id) as firsts
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = firsts.entity_id
        and periods.period_ordinal >= firsts.first_ordinal
        and periods.has_begun
),

to_date as (
    select
        grid.cohort_id,
        grid.entity_id,
        grid.period_ordinal,
        cast(sum(coalesce(by_period.document_count, 0)) over in_order as bigint) as document_count,
        sum(coalesce(by_period.due_minor, 0)) over in_order as due_minor,
        sum(coalesce(by_period.collected_minor, 0)) over in_order as collected_minor
    from grid
    left join by_period
        on by_period.cohort_id = grid.cohort_id
        and by_period.period_ordinal = grid.period_ordinal
    window in_order as (partition by grid.cohort_id order by grid.period_ordinal)
),

minimums as (
    {{ threshold_of('cohort_collection_minimum') }}
),

int_cohorts__collection as (
    select
        to_date.cohort_id,
        to_date.entity_id,
        to_date.period_ordinal,
        to_date.document_count,
        {{ from_billionths(int_div(
            'cast(least(greatest(to_date.collected_minor, 0), to_date.due_minor) as ' ~ wide_integer() ~ ') * 1000000000',
            'cast(to_date.due_minor as ' ~ wide_integer() ~ ')',
        )) }} as collected_share
    from to_date
    inner join minimums
        on minimums.entity_id = to_date.entity_id
        and minimums.from_ordinal <= to_date.period_ordinal
        and minimums.to_ordinal > to_date.period_ordinal
    where
        to_date.document_count >= minimums.threshold
        and to_date.due_minor > 0
)

select * from int_cohorts__collection

-- One row per book, subject, decision and close at which its outcome changed.
with

judgements as (
    select * from {{ ref('fct_contract_judgements') }}
    union all
    select * from {{ ref('fct_modification_judgements') }}
    union all
    select * from {{ ref('fct_obligation_judgements') }}
    union all
    select * from {{ ref('fct_price_judgements') }}
    union all
    select * from {{ ref('fct_allocation_judgements') }}
),

books as (
    select distinct book from {{ ref('books') }}
),

fct_judgements as (
    select
        books.book,
        judgements.entity_id,
        judgements.subject_type,
        judgements.subject,
        judgements.decision_code,
        judgements.outcome,
        judgements.rule_code,
        judgements.inputs_seen,
        judgements.basis,
        periods.period_id as as_of_period_id
    from judgements
    inner join books on judgements.book in (books.book, '*')
    left join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = judgements.entity_id
        and periods.period_ordinal = judgements.as_of_ordinal
)

select * from fct_judgements

-- One row per part of a price that somebody must value or classify: rates of interest, values in kind, credits without a reason.
with

lines as (
    select
        line_id,
        min(contract_id) as contract_id
    from {{ accepted(ref('stg_contract_lines')) }}
    group by line_id
),

rates_missing as (
    select
        'FINANCING_RATE_MISSING' as exception_code,
        'block' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        cast(stated_amount as decimal(38, 9)) as amount,
        currency,
        'The fee is paid more than a year from its transfer and no rate of interest is estimated: its stated price stands in.' as message
    from {{ ref('fct_financing') }}
    where outcome = 'MISSING_RATE' and known_to_ordinal = 999999
),

latest as (
    select * from {{ ref('fct_consideration_judgements') }}
    where decision_code = 'D16'
    qualify row_number() over (partition by subject order by as_of_ordinal desc, book asc) = 1
),

not_valued as (
    select
        case judgements.outcome when 'NOT_MEASURED' then 'NONCASH_VALUE_MISSING' else 'PAYABLE_NOT_APPLIED' end as exception_code,
        'block' as severity,
        judgements.entity_id,
        lines.contract_id,
        judgements.subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        case judgements.outcome
            when 'NOT_MEASURED' then 'What is received in kind has no estimate of its fair value: the price is too low by it.'
            else 'An amount payable to the customer names nothing that is sold under the contract: it lowers no price.'
        end as message
    from latest as judgements
    inner join lines on lines.line_id = judgements.subject
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where judgements.outcome in ('NOT_MEASURED', 'NOT_APPLIED')
),

unclassified as (
    select
        'CREDIT_NOT_CLASSIFIED' as exception_code,
        'warn' as severity,
        credited.entity_id,
        credited.contract_id,
        credited.source_id as subject,
        cast(sum({{ from_minor_units('credited.gross_minor - credited.tax_minor', 'contracts.minor_unit_exponent') }}) as decimal(38, 9)) as amount,
        contracts.currency,
        'A credit note without a reason that says whether the price changed: only what is billed did.' as message
    from {{ ref('fct_credited_lines') }} as credited
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = credited.contract_id
    where credited.effect = 'unclear' and credited.void_known_ordinal is null
    group by credited.entity_id, credited.contract_id, credited.source_id, contracts.currency
),

-- What is paid back settles the note, or the invoice that the note credits.
noted as (
    select invoice_id as document_id
    from {{ ref('fct_credited_lines') }}
    where void_known_ordinal is null
    union
    select source_id as document_id
    from {{ ref('fct_credited_lines') }}
    where void_known_ordinal is null
),

-- Money paid back that no credit note explains.
unexplained as (
    select
        'CREDIT_NOT_CLASSIFIED' as exception_code,
        'warn' as severity,
        cash.entity_id,
        cash.contract_id,
        cash.cash_row_id as subject,
        cash.amount,
        cash.currency,
        'Money was paid back without a reason that says whether the price changed: the customer owes it again.' as message
    from {{ ref('fct_cash_events') }} as cash
    left join noted on noted.document_id = cash.document_id
    where
        cash.kind = 'refund'
        and coalesce(cash.reason, 'other') = 'other'
        and cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and cash.document_id is not null
        and noted.document_id is null
),

-- A loss of credit never changes revenue; a reason that lowers the price says that it is none.
conceded as (
    select
        'LOSS_OR_CONCESSION' as exception_code,
        'warn' as severity,
        cash.entity_id,
        cash.contract_id,
        cash.cash_row_id as subject,
        cash.amount,
        cash.currency,
        'The reason ' || cash.reason || ' lowers the price, and a ' || replace(cash.kind, '_', '-') || ' does not: revenue stays until a credit note says so.' as message
    from {{ ref('fct_cash_events') }} as cash
    inner join {{ ref('credit_reasons') }} as reasons
        on reasons.reason = cash.reason
        and reasons.effect in ('window', 'price')
    left join (select distinct invoice_id from {{ ref('fct_credited_lines') }} where void_known_ordinal is null) as credited on credited.invoice_id = cash.document_id
    where
        cash.kind in ('write_off', 'chargeback')
        and cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and credited.invoice_id is null
),

int_exceptions__consideration as (
    select * from rates_missing
    union all
    select * from not_valued
    union all
    select * from unclassified
    union all
    select * from unexplained
    union all
    select * from conceded
)

select * from int_exceptions__consideration

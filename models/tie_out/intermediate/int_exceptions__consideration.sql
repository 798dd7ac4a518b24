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

int_exceptions__consideration as (
    select * from rates_missing
    union all
    select * from not_valued
    union all
    select * from unclassified
)

select * from int_exceptions__consideration

-- One row per payment that was paid back or lost, and nobody has stated why or of what.
with

-- What is paid back of what was paid beyond an invoice, or of one that is void, is no question of price.
claims as (
    select
        document_id,
        sum(case when void_known_ordinal is null then {{ from_minor_units('net_minor + tax_minor', 'minor_unit_exponent') }} else 0 end) as amount
    from {{ ref('fct_billing_lines') }}
    group by document_id
),

overpaid as (
    select cash.document_id
    from {{ ref('fct_cash_events') }} as cash
    inner join claims on claims.document_id = cash.document_id
    where
        cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and cash.kind in ('payment', 'balance_applied', 'refund', 'chargeback', 'chargeback_reversal')
    group by cash.document_id
    having sum(case when cash.kind in ('refund', 'chargeback') then -cash.amount else cash.amount end) >= max(claims.amount)
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
    left join overpaid on overpaid.document_id = cash.document_id
    where
        cash.kind = 'refund'
        and coalesce(cash.reason, 'other') = 'other'
        and cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and cash.document_id is not null
        and noted.document_id is null
        and overpaid.document_id is null
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

int_exceptions__cash as (
    select * from unexplained
    union all
    select * from conceded
)

select * from int_exceptions__cash

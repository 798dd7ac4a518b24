-- One row per invoice and close at which it changed: what was paid back of it for a reason that changes the price, beyond what credit notes say.
--
-- Money given back because the service was poor lowers the price with or without a credit note; the
-- note that follows says the same again, so the refund alone counts no more. What a bank takes back is in dispute and
-- no price given up: it is owed again until a note, a write-off or the bank says otherwise.
with

invoices as (
    select
        document_id,
        contract_id,
        entity_id,
        minor_unit_exponent
    from {{ ref('fct_billing_lines') }}
    where doc_type = 'invoice'
    group by document_id, contract_id, entity_id, minor_unit_exponent
),

refunds as (
    select
        invoices.*,
        cash.reason,
        cash.occurred_date,
        greatest(cash.known_ordinal, happened.period_ordinal) as known_ordinal,
        cash.withdrawn_ordinal,
        {{ to_minor_units('cash.amount', 'invoices.minor_unit_exponent') }} as amount_minor
    from {{ ref('fct_cash_events') }} as cash
    inner join invoices on invoices.document_id = cash.document_id
    inner join {{ ref('credit_reasons') }} as reasons
        on reasons.reason = cash.reason
        and reasons.effect in ('window', 'price')
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.occurred_date') }}
    where
        cash.kind = 'refund'
        and cash.reason_code is null
        and happened.has_begun
),

notes as (
    select
        coalesce(named.document_id, notes.applies_to_document_id) as document_id,
        notes.known_ordinal,
        notes.void_known_ordinal,
        notes.net_minor + notes.tax_minor as amount_minor
    from {{ ref('fct_billing_lines') }} as notes
    inner join {{ ref('credit_reasons') }} as reasons
        on reasons.reason = notes.reason
        and reasons.effect in ('window', 'price')
    left join {{ ref('fct_billing_lines') }} as named on named.document_line_id = notes.applies_to_document_line_id
    where notes.doc_type = 'credit_note'
),

moves as (
    select
        document_id,
        known_ordinal,
        amount_minor
    from refunds
    union all
    select
        document_id,
        greatest(known_ordinal, withdrawn_ordinal) as known_ordinal,
        -amount_minor as amount_minor
    from refunds
    where withdrawn_ordinal is not null
    union all
    select
        document_id,
        known_ordinal,
        amount_minor
    from notes
    union all
    select
        document_id,
        greatest(known_ordinal, void_known_ordinal) as known_ordinal,
        -amount_minor as amount_minor
    from notes
    where void_known_ordinal is not null
),

refunded as (
    select
        document_id,
        known_ordinal,
        greatest(0, sum(sum(amount_minor)) over (partition by document_id order by known_ordinal)) as refunded_minor
    from moves
    where document_id in (select document_id from refunds)
    group by document_id, known_ordinal
),

compared as (
    select
        *,
        refunded_minor - coalesce(lag(refunded_minor) over (partition by document_id order by known_ordinal), 0) as change_minor
    from refunded
),

int_credits__refunded as (
    select
        compared.document_id,
        refunds.contract_id,
        refunds.entity_id,
        refunds.reason,
        refunds.occurred_date,
        compared.known_ordinal,
        cast(compared.change_minor as decimal(38, 0)) as change_minor
    from compared
    inner join refunds
        on refunds.document_id = compared.document_id
        and refunds.known_ordinal <= compared.known_ordinal
    where compared.change_minor <> 0
    -- what it is for is said by the first refund, so that the note that follows takes it back from there
    qualify row_number() over (
        partition by compared.document_id, compared.known_ordinal order by refunds.occurred_date, refunds.known_ordinal, refunds.reason
    ) = 1
)

select * from int_credits__refunded

-- One row per cash event and invoice it settles, and one of the opposite sign where it was withdrawn.
with

-- Cash on a credit note belongs to the invoice that the note corrects.
invoices as (
    select
        source_id as credit_note_id,
        min(invoice_id) as invoice_id
    from {{ ref('fct_credited_lines') }}
    where given_by = 'note' and invoice_id is not null
    group by source_id
),

documents as (
    select distinct document_id
    from {{ ref('fct_billing_lines') }}
),

cash as (
    select
        cash.cash_row_id,
        coalesce(invoices.invoice_id, documents.document_id) as document_id,
        cash.entity_id,
        cash.occurred_date as step_date,
        cash.known_ordinal,
        cash.withdrawn_ordinal,
        case cash.kind
            when 'write_off' then 'write_off'
            when 'balance_applied' then 'balance'
            else 'cash'
        end as funding,
        case when cash.kind in ('refund', 'chargeback') then -1 else 1 end
        * {{ to_minor_units('cash.amount', 'currencies.minor_unit_exponent') }} as settled_minor
    from {{ ref('fct_cash_events') }} as cash
    inner join {{ ref('currencies') }} as currencies on currencies.currency = cash.currency
    inner join documents on documents.document_id = cash.document_id
    left join invoices on invoices.credit_note_id = cash.document_id
    where
        cash.reason_code is null
        and cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'write_off', 'balance_applied')
),

settled as (
    select
        cash.*,
        greatest(cash.known_ordinal, happened.period_ordinal) as posting_ordinal
    from cash
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.step_date') }}
    where happened.has_begun
),

int_billing_steps__settlements as (
    select
        cash_row_id,
        document_id,
        funding,
        step_date,
        posting_ordinal,
        cast(settled_minor as decimal(38, 0)) as settled_minor
    from settled

    union all

    -- taken back not before it was posted: a period that is open knows both
    select
        cash_row_id,
        document_id,
        funding,
        step_date,
        greatest(posting_ordinal, withdrawn_ordinal) as posting_ordinal,
        cast(-settled_minor as decimal(38, 0)) as settled_minor
    from settled
    where withdrawn_ordinal is not null
)

select * from int_billing_steps__settlements
where settled_minor <> 0

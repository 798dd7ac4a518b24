-- One row per issued invoice and credit note, and one more where it was voided.
with

credit_notes as (
    select
        note.id as document_id,
        note.number,
        invoices.customer_id,
        invoices.contract_id,
        upper(note.currency) as currency,
        note.created as issued_at,
        case when note.status = 'void' then note.voided_at end as voided_at,
        -- Stripe's credit notes are positive; tax on top is what the total adds to the lines
        -(note.subtotal - coalesce(note.discount_amount, 0)) * units.major_per_unit as net_amount,
        -note.total * units.major_per_unit as total_amount,
        note.invoice_id as applies_to_document_id,
        case note.reason
            when 'duplicate' then 'billing_error'
            when 'fraudulent' then 'fraud'
            when 'order_change' then 'cancellation'
            when 'product_unsatisfactory' then 'concession'
            else 'other'
        end as reason,
        invoices.is_test
    from source.credit_note as note
    inner join prepared.issued_invoices as invoices on invoices.invoice_id = note.invoice_id
    inner join prepared.currency_units as units on units.currency = upper(note.currency)
),

documents as (
    select
        invoice_id as document_id,
        'invoice' as doc_type,
        number,
        customer_id,
        contract_id,
        currency,
        issued_at,
        due_at,
        voided_at as void_at,
        cast(net_units * major_per_unit as decimal(38, 9)) as net_amount,
        cast(tax_units * major_per_unit as decimal(38, 9)) as tax_amount,
        cast(total_units * major_per_unit as decimal(38, 9)) as total_amount,
        cast(null as varchar) as applies_to_document_id,
        cast(null as varchar) as reason,
        is_test
    from prepared.issued_invoices
    union all
    select
        document_id,
        'credit_note' as doc_type,
        number,
        customer_id,
        contract_id,
        currency,
        issued_at,
        issued_at as due_at,
        voided_at as void_at,
        cast(net_amount as decimal(38, 9)) as net_amount,
        cast(total_amount - net_amount as decimal(38, 9)) as tax_amount,
        cast(total_amount as decimal(38, 9)) as total_amount,
        applies_to_document_id,
        reason,
        is_test
    from credit_notes
),

billing_documents as (
    select
        document_id,
        doc_type,
        number,
        customer_id,
        contract_id,
        currency,
        issued_at,
        due_at,
        net_amount,
        tax_amount,
        total_amount,
        applies_to_document_id,
        reason,
        is_test,
        'issued' as status,
        cast(null as timestamp) as voided_at,
        issued_at as recorded_at
    from documents
    union all
    select
        document_id,
        doc_type,
        number,
        customer_id,
        contract_id,
        currency,
        issued_at,
        due_at,
        net_amount,
        tax_amount,
        total_amount,
        applies_to_document_id,
        reason,
        is_test,
        'void' as status,
        void_at as voided_at,
        void_at as recorded_at
    from documents
    where void_at is not null
)

select
    *,
    'stripe' as source_system
from billing_documents

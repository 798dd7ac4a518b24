-- One row per invoice that Metronome itself issued, and one more where it was voided.
with

documents as (
    select
        invoice_id as document_id,
        'invoice' as doc_type,
        customer_id,
        contract_id,
        currency,
        issued_at,
        -- totals hold fractions of a cent; a document does not
        cast(round(total) * major_per_unit as decimal(38, 9)) as net_amount,
        cast(0 as decimal(38, 9)) as tax_amount,
        cast(round(total) * major_per_unit as decimal(38, 9)) as total_amount,
        upper(status) as metronome_status,
        is_test
    from prepared.own_invoices
)

select
    document_id,
    doc_type,
    customer_id,
    contract_id,
    currency,
    'issued' as status,
    issued_at,
    net_amount,
    tax_amount,
    total_amount,
    'metronome' as source_system,
    issued_at as recorded_at,
    is_test
from documents
union all
select
    document_id,
    doc_type,
    customer_id,
    contract_id,
    currency,
    'void' as status,
    issued_at,
    net_amount,
    tax_amount,
    total_amount,
    'metronome' as source_system,
    -- the export does not say when: known when first seen
    cast(null as timestamp) as recorded_at,
    is_test
from documents
where metronome_status = 'VOID'

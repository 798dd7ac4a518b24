-- One row per landed line of an invoice or credit note.
{{ staged(
    'billing_document_lines',
    parents=[('document_id', ref('stg_billing_documents'), 'document_id')],
) }}

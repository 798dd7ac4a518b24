-- One row per landed line of an invoice or credit note.
{{ staged(
    'billing_document_lines',
    parents=[('document_id', ref('stg_billing_documents'), 'document_id')],
    compared=[{
        'CREDITS_STATED_TWICE': credits_stated_twice(),
        'ORPHAN': missing_within('applies_to_document_line_id', 'document_line_id'),
    }],
) }}

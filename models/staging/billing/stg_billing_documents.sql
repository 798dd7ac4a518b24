-- One row per landed version of an invoice or credit note.
{{ staged(
    'billing_documents',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('contract_id', ref('stg_contracts'), 'contract_id')],
    rejects={
        'DOES_NOT_FOOT': 'net_amount + tax_amount <> total_amount',
        'NOT_WHOLE_MINOR_UNITS': not_whole_minor_units(['net_amount', 'tax_amount', 'total_amount']),
    },
    compared=[
        {
            'ISSUED_AMOUNT_CHANGED': issued_amount_changed(),
            'CUSTOMER_DIFFERS': customer_differs(),
            'ORPHAN': missing_within('applies_to_document_id', 'document_id'),
        },
        {
            'CREDIT_EXCEEDS_ORIGINAL': credit_exceeds_original(),
        },
    ],
) }}

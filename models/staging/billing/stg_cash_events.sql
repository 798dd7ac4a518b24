-- One row per landed cash event and document.
{{ staged(
    'cash_events',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('contract_id', ref('stg_contracts'), 'contract_id')],
    rejects={
        'FUTURE': happened_after_recorded(),
        'NEGATIVE_QUANTITY': 'amount < 0 or settled_amount < 0 or fee_amount < 0',
        'NOT_WHOLE_MINOR_UNITS': not_whole_minor_units(['amount']),
        'MISSING_FIELD_OF_KIND': '(settled_amount is null) <> (settled_currency is null)',
    },
    compared=[{
        'REFUND_EXCEEDS_PAYMENTS': refund_exceeds_payments(),
    }],
) }}

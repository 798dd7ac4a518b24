-- One row per landed cash event and document.
{{ staged(
    'cash_events',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('contract_id', ref('stg_contracts'), 'contract_id')],
    rejects={
        'FUTURE': 'occurred_at > recorded_at + interval 5 minute',
        'NEGATIVE_QUANTITY': 'amount < 0',
        'NOT_WHOLE_MINOR_UNITS': not_whole_minor_units(['amount']),
    },
) }}

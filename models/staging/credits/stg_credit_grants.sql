-- One row per landed credit grant.
{{ staged(
    'credit_grants',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('contract_id', ref('stg_contracts'), 'contract_id'), ('line_id', ref('stg_contract_lines'), 'line_id')],
    rejects={
        'BAD_WINDOW': 'expires_at < effective_at',
        'NEGATIVE_QUANTITY': 'units_granted < 0',
    },
) }}

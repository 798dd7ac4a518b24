-- One row per landed version of a contract.
{{ staged(
    'contracts',
    parents=[('customer_id', ref('stg_customers'), 'customer_id')],
) }}

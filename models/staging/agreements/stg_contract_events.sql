-- One row per landed contract event.
{{ staged(
    'contract_events',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id')],
) }}

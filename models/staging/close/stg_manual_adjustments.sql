-- One row per landed manual adjustment.
{{ staged(
    'manual_adjustments',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id')],
) }}

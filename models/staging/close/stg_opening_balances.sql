-- One row per landed opening balance.
{{ staged(
    'opening_balances',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id')],
) }}

-- One row per landed opening balance.
{{ staged(
    'opening_balances',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id'), ('line_id', ref('stg_contract_lines'), 'line_id'), ('grant_id', ref('stg_credit_grants'), 'grant_id')],
) }}

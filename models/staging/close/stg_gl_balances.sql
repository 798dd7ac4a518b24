-- One row per landed balance of the general ledger.
{{ staged('gl_balances') }}

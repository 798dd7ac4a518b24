-- One row per landed version of a general ledger account.
{{ staged('gl_accounts') }}

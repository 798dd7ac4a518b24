-- One row per landed balance of the general ledger.
{{ staged(
    'gl_balances',
    rejects={
        'NEGATIVE_QUANTITY': 'debit_amount < 0 or credit_amount < 0',
        'NOT_WHOLE_MINOR_UNITS': not_whole_minor_units(['debit_amount', 'credit_amount']),
    },
) }}

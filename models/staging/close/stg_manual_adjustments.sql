-- One row per landed manual adjustment.
{{ staged(
    'manual_adjustments',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id')],
    rejects={
        'NEGATIVE_QUANTITY': 'amount < 0',
        'NOT_WHOLE_MINOR_UNITS': not_whole_minor_units(['amount']),
        'SAME_ACCOUNT': 'debit_posting_role = credit_posting_role',
        'PERIOD_CLOSED': adjusts_closed_period(),
    },
    unreviewed='true',
) }}

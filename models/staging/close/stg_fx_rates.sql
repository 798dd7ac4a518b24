-- One row per landed version of an exchange rate.
{{ staged(
    'fx_rates',
    rejects={
        'OUT_OF_RANGE': 'rate_amount <= 0 or rate_per_units <= 0',
    },
    unreviewed=restated_rate(),
) }}

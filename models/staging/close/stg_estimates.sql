-- One row per landed scenario of an estimate version.
{{ staged(
    'estimates',
    rejects={
        'OUT_OF_RANGE': "value_unit = 'rate' and value not between 0 and 1 or kind = 'collectability' and value not between 0 and 1",
    },
) }}

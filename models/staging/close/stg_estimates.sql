-- One row per landed scenario of an estimate version.
{{ staged(
    'estimates',
    rejects={
        'OUT_OF_RANGE': """(
            value_unit = 'rate' and value not between 0 and 1
            or kind = 'collectability' and value not between 0 and 1
            or value_unit = 'rate' and constrained_value not between 0 and 1
            or probability not between 0 and 1
        )""",
        'BAD_WINDOW': 'data_to < data_from',
        'MISSING_FIELD_OF_KIND': "value_unit = 'amount' and currency is null",
        'ESTIMATED_AFTER_CUTOFF': estimated_after_cutoff(),
    },
    compared=[{
        'CURRENCIES_DIFFER': currencies_of_scenarios_differ(),
        'PROBABILITIES_DO_NOT_SUM': probabilities_do_not_sum(),
        'CONSTRAINED_ABOVE_ESTIMATE': constrained_above_estimate(),
    }],
) }}

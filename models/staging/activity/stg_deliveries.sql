-- One row per landed delivery, acceptance or report of progress.
{{ staged(
    'deliveries',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id'), ('line_id', ref('stg_contract_lines'), 'line_id')],
    rejects={
        'FUTURE': happened_after_recorded(),
        'NEGATIVE_QUANTITY': 'measure_value < 0',
        'MISSING_FIELD_OF_KIND': '(measure is null) <> (measure_value is null)',
    },
    compared=[{
        'NOT_DELIVERED': not_delivered(),
        'OVER_DELIVERED': over_delivered(),
    }],
) }}

-- One row per landed version of an accounting period.
{{ staged(
    'accounting_periods',
    rejects={
        'MISSING_FIELD_OF_KIND': "state = 'closed' and knowledge_cutoff_at is null",
        'OVERLAPPING_PERIOD': overlaps_another_period(),
    },
) }}

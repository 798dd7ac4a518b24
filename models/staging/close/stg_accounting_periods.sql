-- One row per landed version of an accounting period.
{{ staged(
    'accounting_periods',
    rejects={
        'MISSING_FIELD_OF_KIND': "state = 'closed' and knowledge_cutoff_at is null",
    },
    unreviewed="landed.state = 'reopened'",
    compared=[
        {
            'OVERLAPPING_PERIOD': overlapping_period(),
        },
        {
            'CUTOFF_DIFFERS': cutoff_differs(),
            'CLOSED_OUT_OF_ORDER': closed_out_of_order(),
        },
        {
            'PERIOD_GAP': after_a_gap(),
        },
    ],
) }}

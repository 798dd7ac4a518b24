-- One row per landed credit event.
{{ staged(
    'credit_events',
    parents=[('grant_id', ref('stg_credit_grants'), 'grant_id'), ('related_grant_id', ref('stg_credit_grants'), 'grant_id')],
    rejects={
        'FUTURE': happened_after_recorded(),
        'NEGATIVE_QUANTITY': 'units < 0',
        'MISSING_FIELD_OF_KIND': """(
            kind in ('rollover', 'transfer') and related_grant_id is null
            or kind = 'extend' and new_expires_at is null
        )""",
    },
    compared=[
        {
            'EXPIRED_EARLY': expired_early(),
        },
        {
            'LOT_OVERDRAWN': lot_overdrawn(),
        },
    ],
) }}

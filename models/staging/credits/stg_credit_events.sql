-- One row per landed credit event.
{{ staged(
    'credit_events',
    parents=[('grant_id', ref('stg_credit_grants'), 'grant_id'), ('related_grant_id', ref('stg_credit_grants'), 'grant_id')],
    rejects={
        'FUTURE': 'occurred_at > recorded_at + interval 5 minute',
        'NEGATIVE_QUANTITY': 'units < 0',
    },
) }}

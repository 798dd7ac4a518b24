-- One row per landed outcome event.
{{ staged(
    'outcome_events',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('product_id', ref('stg_products'), 'product_id')],
    rejects={
        'FUTURE': happened_after_recorded(),
        'NEGATIVE_QUANTITY': 'quantity < 0',
        'BAD_WINDOW': window_ended_before_outcome(),
    },
    compared=[
        {
            'ILLEGAL_TRANSITION': illegal_transition(),
        },
        {
            'CONFIRMED_EARLY': confirmed_early(),
            'OVER_CAP': over_cap(),
        },
    ],
) }}

-- One row per landed version of a meter.
{{ staged(
    'meters',
    parents=[('product_id', ref('stg_products'), 'product_id')],
    compared=[
        {
            'CYCLE': closes_a_cycle('meter_id', 'contains_meter_id'),
        },
        {
            'ORPHAN': missing_within('contains_meter_id', 'meter_id'),
        },
    ],
) }}

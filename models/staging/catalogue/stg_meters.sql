-- One row per landed version of a meter.
{{ staged(
    'meters',
    parents=[('product_id', ref('stg_products'), 'product_id')],
) }}

-- One row per landed version of a standalone selling price.
{{ staged(
    'standalone_selling_prices',
    parents=[('product_id', ref('stg_products'), 'product_id')],
    rejects={
        'BAD_WINDOW': 'range_high < range_low',
        'MISSING_FIELD_OF_KIND': "method <> 'residual' and rate_amount is null",
    },
) }}

-- One row per landed version of a standalone selling price.
{{ staged(
    'standalone_selling_prices',
    parents=[('product_id', ref('stg_products'), 'product_id')],
    rejects={
        'MISSING_FIELD_OF_KIND': "method <> 'residual' and rate_amount is null or scope_type <> 'global' and scope_id is null",
        'OUT_OF_RANGE': 'rate_amount < 0 or rate_per_quantity <= 0 or quantity_from < 0',
        'POINT_OUTSIDE_RANGE': 'range_low > range_high or rate_amount < range_low or rate_amount > range_high',
    },
    compared=[{
        'OVERLAPPING_WINDOW': holds_beside_another(
            'ssp_id',
            [
                '{row}.product_id', '{row}.scope_type', "coalesce({row}.scope_id, '*')",
                'coalesce({row}.quantity_from, 0)', '{row}.currency',
            ],
            'valid_from', 'valid_to',
        ),
    }],
) }}

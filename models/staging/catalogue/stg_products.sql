-- One row per landed version of a product.
{{ staged(
    'products',
    rejects={
        'MISSING_FIELD_OF_KIND': "product_kind = 'bundle' and component_product_ids is null",
    },
    compared=[{
        'ORPHAN': unknown_components(),
    }],
) }}

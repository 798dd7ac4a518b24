-- One row per landed version of a general ledger account.
{{ staged(
    'gl_accounts',
    parents=[('product_id', ref('stg_products'), 'product_id')],
    compared=[
        {
            'TWO_ACCOUNTS': holds_beside_another(
                "account_code || '|' || posting_role || '|' || coalesce(product_id, '*') || '|' || entity_id",
                ['{row}.entity_id', '{row}.posting_role', "coalesce({row}.product_id, '*')"],
                'valid_from', 'cast(null as timestamp)', only='coalesce(active, true)',
            ),
        },
        {
            'NO_DEFAULT_ACCOUNT': no_default_account(),
        },
    ],
) }}

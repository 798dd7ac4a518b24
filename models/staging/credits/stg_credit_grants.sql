-- One row per landed credit grant.
{{ staged(
    'credit_grants',
    parents=[('customer_id', ref('stg_customers'), 'customer_id'), ('contract_id', ref('stg_contracts'), 'contract_id'), ('line_id', ref('stg_contract_lines'), 'line_id')],
    rejects={
        'BAD_WINDOW': 'expires_at < effective_at',
        'NEGATIVE_QUANTITY': 'units_granted < 0 or consideration_amount < 0',
        'CONSIDERATION_OF_KIND': """(
            grant_kind = 'promotional' and consideration_amount > 0
            or grant_kind in ('top_up', 'commitment') and consideration_amount = 0
        )""",
        'MISSING_FIELD_OF_KIND': """(
            grant_kind = 'rollover' and parent_grant_id is null
            or grant_kind = 'bonus' and parent_grant_id is null and line_id is null
        )""",
    },
    compared=[
        {
            'CYCLE': closes_a_cycle('grant_id', 'parent_grant_id'),
        },
        {
            'ORPHAN': missing_within('parent_grant_id', 'grant_id'),
        },
    ],
) }}

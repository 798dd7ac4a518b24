-- One row per landed version of a contract line.
{{ staged(
    'contract_lines',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id'), ('product_id', ref('stg_products'), 'product_id'), ('price_id', ref('stg_prices'), 'price_id'), ('meter_id', ref('stg_meters'), 'meter_id')],
    rejects={
        'MISSING_FIELD_OF_KIND': """(
            line_kind in ('fixed_fee', 'milestone', 'minimum_commitment', 'credit_pack', 'payable_to_customer') and fixed_amount is null
            or line_kind in ('credit_pack', 'included_credits') and quantity is null
            or line_kind in ('usage', 'overage', 'outcome') and price_id is null
            or line_kind = 'usage' and meter_id is null
            or line_kind in ('overage', 'included_credits') and parent_line_id is null
            or line_kind = 'discount' and fixed_amount is null and discount_rate is null
            or line_kind not in ('discount', 'contingent', 'minimum_commitment', 'payable_to_customer', 'noncash') and product_id is null
        )""",
        'OUT_OF_RANGE': """(
            discount_rate not between 0 and 1
            or third_party_share not between 0 and 1
            or rollover_fraction not between 0 and 1
        )""",
        'NEGATIVE_QUANTITY': 'quantity < 0 or outcome_window_hours < 0 or outcome_cap_per_subject < 0 or rollover_max_units < 0 or rollover_max_times < 0',
    },
    compared=[
        {
            'CYCLE': closes_a_cycle('line_id', 'parent_line_id'),
        },
        {
            'ORPHAN': missing_within('parent_line_id', 'line_id'),
        },
    ],
) }}

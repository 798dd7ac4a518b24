-- One row per landed version of a customer.
{{ staged(
    'customers',
    compared=[
        {
            'CYCLE': closes_a_cycle('customer_id', 'parent_customer_id') ~ ' or ' ~ closes_a_cycle('customer_id', 'merged_into_customer_id'),
        },
        {
            'ORPHAN': missing_within('parent_customer_id', 'customer_id') ~ ' or ' ~ missing_within('merged_into_customer_id', 'customer_id'),
        },
    ],
) }}

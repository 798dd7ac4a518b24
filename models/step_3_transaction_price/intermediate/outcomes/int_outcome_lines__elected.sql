-- One row per outcome line and election of its policy that may hold for it, with the closes at which it is in force (D17).
with

int_outcome_lines__elected as (
    {{ elections_of(
        ['outcome_policy'],
        ref('int_outcome_lines'),
        'line_id',
        {
            'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
            'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id',
        },
    ) }}
)

select * from int_outcome_lines__elected
where known_ordinal < replaced_ordinal

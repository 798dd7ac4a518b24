-- One row per landed contract event.
{{ staged(
    'contract_events',
    parents=[('contract_id', ref('stg_contracts'), 'contract_id')],
    rejects={
        'MODIFICATION_WITHOUT_TERMS': modification_without_terms(),
    },
    compared=[{
        'TERMINATED_TWICE': terminated_twice(),
    }],
) }}

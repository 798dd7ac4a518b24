{{ config(materialized='view') }} {#- almost no contract elects -#}
-- One row per fee that may be paid more than a year from its transfer and election on its financing that applies to it.
with

subjects as (
    select distinct
        line_id,
        contract_id,
        customer_id,
        product_id,
        entity_id
    from {{ ref('int_financing__lines') }}
),

int_financing__elections as (
    {{ elections_of(['financing'], 'subjects', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
)

select * from int_financing__elections

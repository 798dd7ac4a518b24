{{ config(materialized='view') }} {#- names of lines -#}
-- One row per outcome line, with what elections and estimates may name it by.
with

int_outcome_lines as (
    select
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.customer_id,
        lines.product_id,
        lines.entity_id,
        lines.currency,
        lines.acceptance_is_substantive,
        lines.known_ordinal,
        customers.customer_class,
        customers.jurisdiction
    from {{ ref('dim_obligation_lines') }} as lines
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = lines.customer_id
    where lines.pattern = 'outcomes'
)

select * from int_outcome_lines

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
        lines.line_id in (
            select rates.line_id
            from {{ ref('fct_usage_rates') }} as rates
            inner join {{ ref('dim_obligation_lines') }} as priced
                on priced.line_id = rates.line_id
                and priced.currency <> rates.unit_code
        ) as is_paid_in_credits,
        customers.customer_class,
        customers.jurisdiction
    from {{ ref('dim_obligation_lines') }} as lines
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = lines.customer_id
    where lines.pattern = 'outcomes'
)

select * from int_outcome_lines

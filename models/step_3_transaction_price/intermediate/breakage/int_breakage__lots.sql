-- One row per lot that was paid for: what elections and estimates of breakage may name it by (D11).
with

int_breakage__lots as (
    select
        lots.grant_id,
        lots.entity_id,
        lots.contract_id,
        lots.line_id,
        lots.customer_id,
        lots.grant_kind,
        lines.product_id,
        customers.customer_class,
        customers.jurisdiction,
        lots.unit_code,
        lots.currency,
        lots.known_from_ordinal as inception_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = lots.customer_id
    where
        lots.version_number = 1
        and lots.consideration > 0
)

select * from int_breakage__lots

-- One row per customer, as last known.
with

dim_customers as (
    select
        customer_id,
        name,
        jurisdiction,
        customer_class,
        parent_customer_id,
        merged_into_customer_id,
        credit_pool_id
    from {{ accepted(ref('stg_customers')) }}
    where known_until_at is null
    qualify row_number() over (partition by customer_id order by valid_from desc nulls last, recorded_at desc) = 1
)

select * from dim_customers

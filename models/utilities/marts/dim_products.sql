-- One row per product, as last known; its kind as first known, since a change of kind is not an edit but a new product.
with

versions as (
    select
        *,
        first_value(product_kind) over (partition by product_id order by recorded_at, valid_from) as first_product_kind
    from {{ accepted(ref('stg_products')) }}
),

dim_products as (
    select
        product_id,
        name,
        first_product_kind as product_kind,
        unit_code,
        family
    from versions
    where known_until_at is null
    qualify row_number() over (partition by product_id order by valid_from desc nulls last, recorded_at desc) = 1
)

select * from dim_products

-- One row per product, as last known; its kind as the first close knew it, since a later change of kind is not an edit but a new product.
with

versions as (
    select * from {{ accepted(ref('stg_products')) }}
),

users as (
    select
        coalesce(lines.product_id, meters.product_id) as product_id,
        contracts.entity_id,
        min(lines.recorded_at) as recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = lines.meter_id
    group by coalesce(lines.product_id, meters.product_id), contracts.entity_id
),

{{ as_first_close_knew('versions', 'product_id', 'users') }},

dim_products as (
    select
        versions.product_id,
        versions.name,
        at_first_close.product_kind,
        versions.product_kind as stated_product_kind,
        versions.unit_code,
        versions.family
    from versions
    inner join at_first_close on at_first_close.product_id = versions.product_id
    where versions.known_until_at is null
    qualify row_number() over (partition by versions.product_id order by versions.valid_from desc nulls last, versions.recorded_at desc) = 1
)

select * from dim_products

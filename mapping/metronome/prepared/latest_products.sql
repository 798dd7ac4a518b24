-- One row per product: its newest snapshot, with its pricing dimensions and conversion as plain columns.
with

copies as (
    select
        *,
        row_number() over (partition by id order by snapshot_id desc) as newest
    from source.contracts_products
),

latest_products as (
    select
        id as product_id,
        name,
        type as product_type,
        billable_metric_id,
        json_extract_string(pricing_group_key, '$[0]') as dim_1_key,
        json_extract_string(pricing_group_key, '$[1]') as dim_2_key,
        json_extract_string(pricing_group_key, '$[2]') as dim_3_key,
        -- rates are per converted unit: per million tokens, not per token
        case coalesce(json_extract_string(quantity_conversion, '$.operation'), 'DIVIDE')
            when 'DIVIDE' then cast(coalesce(json_extract_string(quantity_conversion, '$.conversion_factor'), '1') as decimal(18, 0))
        end as units_per_rate,
        created_at
    from copies
    where newest = 1
)

select * from latest_products

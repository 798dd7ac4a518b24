-- One row per rate and tier: the newest snapshot of each rate, its JSON as plain columns.
with

copies as (
    select
        *,
        row_number() over (partition by id order by snapshot_id desc) as newest
    from source.contracts_rate_card_entries
),

rates as (
    select
        copies.rate_card_id,
        copies.product_id,
        copies.starting_at,
        copies.ending_before,
        upper(copies.rate_type) as rate_type,
        copies.price,
        copies.tiers,
        copies.created_at,
        units.unit_code,
        units.units_per_major,
        units.major_per_unit,
        products.units_per_rate,
        products.dim_1_key,
        products.dim_2_key,
        json_extract_string(copies.pricing_group_values, '$."' || products.dim_1_key || '"') as dim_1_value,
        json_extract_string(copies.pricing_group_values, '$."' || products.dim_2_key || '"') as dim_2_value
    from copies
    inner join prepared.credit_units as units on units.credit_type_id = copies.credit_type_id
    inner join prepared.latest_products as products on products.product_id = copies.product_id
    where copies.newest = 1 and coalesce(copies.entitled, true)
),

tiers as (
    select
        * exclude (tiers, price),
        unnest(from_json(tiers, '[{"size": "VARCHAR", "price": "VARCHAR"}]')) as tier,
        unnest(range(1, cast(json_array_length(tiers) as bigint) + 1)) as tier_no
    from rates
    where rate_type = 'TIERED'
),

rate_tiers as (
    select
        * exclude (tiers, price),
        1 as tier_no,
        cast(price as decimal(24, 9)) as price,
        cast(null as decimal(24, 9)) as size
    from rates
    where rate_type <> 'TIERED'
    union all by name
    select
        * exclude (tier, tier_no),
        cast(tier_no as integer) as tier_no,
        cast(tier.price as decimal(24, 9)) as price,
        cast(tier.size as decimal(24, 9)) as size
    from tiers
)

select * from rate_tiers

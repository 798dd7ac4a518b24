-- One row per price version, entity and tier: when it holds and from which close on it was known.
with

used as (
    select distinct
        entity_id,
        price_id
    from {{ ref('int_line_terms') }}
    where price_id is not null
),

dated as (
    select
        prices.*,
        entities.entity_id,
        coalesce({{ instant('valid_from', 'entities.time_zone', 'prices') }}, timestamp '0001-01-01') as valid_from_at,
        coalesce({{ instant('valid_to', 'entities.time_zone', 'prices') }}, timestamp '9999-12-31') as valid_to_at,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_prices')) }} as prices
    inner join used on used.price_id = prices.price_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = used.entity_id
    {{ join_known_period('known', 'entities.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'entities.entity_id', 'prices.known_until_at') }}
),

numbered as (
    select
        *,
        -- by knowledge first, so that what is learned later leaves the numbers before it as they were
        cast(dense_rank() over (order by recorded_at, price_id, entity_id, dim_1_value, dim_2_value, valid_from) as integer) as price_version_number
    from dated
    -- a version replaced before the close that would have known it never held
    where known_to_ordinal > known_from_ordinal
),

int_price_tiers as (
    select
        price_version_number,
        cast(row_number() over (partition by price_version_number order by tier_no) as integer) as tier_number,
        price_id,
        entity_id,
        dim_1_value,
        dim_2_value,
        model,
        unit_code,
        -- what the events carry is in the currency of the price
        case when model = 'as_rated' then 1 else rate_amount end as rate_amount,
        coalesce(rate_per_quantity, 1) as rate_per_quantity,
        coalesce(tier_from, 0) as tier_from,
        tier_to,
        coalesce(flat_amount, 0) as flat_amount,
        package_size,
        coalesce(package_rounding, 'up') as package_rounding,
        coalesce(included_quantity, 0) as included_quantity,
        coalesce(minimum_amount, 0) as minimum_amount,
        maximum_amount,
        case when model = 'as_rated' then 'carried' else coalesce(tier_scope, 'billing_period') end as scope,
        {{ is_plain_rate('numbered') }} as is_plain_rate,
        valid_from_at,
        valid_to_at,
        recorded_at,
        known_from_ordinal,
        known_to_ordinal
    from numbered
)

select * from int_price_tiers

-- One row per price version, entity and tier: when it holds and from which close on it was known.
with

int_price_tiers as (
    select
        prices.price_id,
        entities.entity_id,
        prices.dim_1_value,
        prices.dim_2_value,
        coalesce(prices.tier_no, 1) as tier_no,
        prices.model,
        prices.unit_code,
        prices.rate_amount,
        prices.rate_per_quantity,
        prices.included_quantity,
        prices.minimum_amount,
        prices.maximum_amount,
        prices.flat_amount,
        coalesce({{ instant('valid_from', 'entities.time_zone', 'prices') }}, timestamp '0001-01-01') as valid_from_at,
        coalesce({{ instant('valid_to', 'entities.time_zone', 'prices') }}, timestamp '9999-12-31') as valid_to_at,
        prices.recorded_at,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal,
        count(*) over (
            partition by prices.price_id, entities.entity_id, prices.dim_1_value, prices.dim_2_value, prices.valid_from, prices.recorded_at
        ) as tier_count
    from {{ accepted(ref('stg_prices')) }} as prices
    inner join (
        select distinct
            entity_id,
            price_id
        from {{ ref('int_line_terms') }}
        where price_id is not null
    ) as used on used.price_id = prices.price_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = used.entity_id
    {{ join_known_period('known', 'entities.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'entities.entity_id', 'prices.known_until_at') }}
)

select * from int_price_tiers
-- a version replaced before the close that would have known it never held
where known_to_ordinal > known_from_ordinal

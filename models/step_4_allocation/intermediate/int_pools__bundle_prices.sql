-- One row per pooled contract, price of a bundle of products that may hold for it, and closes that knew it.
--
-- Observable prices only: they are evidence of where a discount belongs (ASC 606-10-32-37, IFRS 15.82).
with

bundles as (
    select
        products.product_id,
        '|' || products.component_product_ids || '|' as components,
        length(products.component_product_ids) - length(replace(products.component_product_ids, '|', '')) + 1 as component_count
    from {{ accepted(ref('stg_products')) }} as products
    where
        products.product_kind = 'bundle'
        and products.component_product_ids is not null
    qualify row_number() over (partition by products.product_id order by products.recorded_at desc) = 1
),

contracts as (
    select
        contracts.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.time_zone,
        customers.customer_class,
        customers.jurisdiction,
        coalesce(contracts.signed_at, contracts.effective_from) as priced_at
    from {{ ref('dim_contracts') }} as contracts
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = contracts.contract_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = contracts.customer_id
),

int_pools__bundle_prices as (
    select
        contracts.contract_id,
        bundles.product_id,
        bundles.components,
        bundles.component_count,
        prices.rate_amount,
        prices.rate_per_quantity,
        prices.valid_from,
        prices.recorded_at,
        prices.ssp_id,
        {{ segment_nearness('prices') }} as nearness,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
    inner join bundles on bundles.product_id = prices.product_id
    inner join contracts
        on contracts.currency = prices.currency
        and coalesce({{ instant('valid_from', 'contracts.time_zone', 'prices') }}, contracts.priced_at) <= contracts.priced_at
        and coalesce({{ instant('valid_to', 'contracts.time_zone', 'prices') }} > contracts.priced_at, true)
        and {{ segment_applies('prices', 'contracts', {
            'entity': 'entity_id', 'customer_class': 'customer_class', 'customer': 'customer_id', 'contract': 'contract_id',
        }) }}
    {{ join_known_period('known', 'contracts.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'prices.known_until_at') }}
    where
        prices.method = 'observable'
        and prices.rate_amount > 0
)

select * from int_pools__bundle_prices

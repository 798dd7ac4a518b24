-- One row per pool, window of belief and bundle of some of its products that is sold alone: the discount that it carries (ASC 606-10-32-37, IFRS 15.82).
--
-- Observable evidence only: the bundle and each of its products have an observable price in the
-- book, and the bundle holds some of what is promised, not all. Applied to what the pool buys of
-- the products, the bundle's discount is a share of their standalone prices.
with

members as (
    select
        obligations.pool_id,
        obligations.contract_id,
        obligations.window_from_ordinal,
        obligations.obligation_id,
        obligations.standalone_amount,
        obligations.is_residual,
        obligations.is_observable,
        described.product_id,
        count(*) over (partition by obligations.pool_id, obligations.window_from_ordinal) as member_count
    from {{ ref('int_pools__obligations') }} as obligations
    inner join {{ ref('dim_obligations') }} as described on described.obligation_id = obligations.obligation_id
),

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

entries as (
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
),

chosen as (
    select
        members.pool_id,
        members.window_from_ordinal,
        entries.*
    from (
        select distinct
            pool_id,
            contract_id,
            window_from_ordinal
        from members
    ) as members
    inner join entries
        on entries.contract_id = members.contract_id
        and entries.known_from_ordinal <= members.window_from_ordinal
        and entries.known_to_ordinal > members.window_from_ordinal
    qualify row_number() over (
        partition by members.pool_id, members.window_from_ordinal, entries.product_id
        order by entries.nearness asc, entries.valid_from desc nulls last, entries.recorded_at desc, entries.ssp_id asc
    ) = 1
),

-- What one of each component costs alone, at the prices that the lines of the contract were compared with.
component_rates as (
    select
        contract_id,
        product_id,
        known_from_ordinal,
        known_to_ordinal,
        max({{ share_by_weight('rate_amount', '1.000000000', 'rate_per_quantity') }}) as unit_price
    from {{ ref('fct_line_selling_prices') }}
    where contract_event_id is null and rate_amount > 0
    group by contract_id, product_id, known_from_ordinal, known_to_ordinal
),

compared as (
    select
        chosen.pool_id,
        chosen.window_from_ordinal,
        chosen.product_id as bundle_product_id,
        chosen.components,
        chosen.component_count,
        members.member_count,
        count(*) as found_count,
        bool_and(members.is_observable and not members.is_residual) as is_observable,
        sum(members.standalone_amount) as standalone_amount,
        sum(component_rates.unit_price) as components_price,
        max({{ share_by_weight('chosen.rate_amount', '1.000000000', 'chosen.rate_per_quantity') }}) as bundle_price
    from chosen
    inner join members
        on members.pool_id = chosen.pool_id
        and members.window_from_ordinal = chosen.window_from_ordinal
        and position('|' || members.product_id || '|' in chosen.components) > 0
    inner join component_rates
        on component_rates.contract_id = members.contract_id
        and component_rates.product_id = members.product_id
        and component_rates.known_from_ordinal <= chosen.window_from_ordinal
        and component_rates.known_to_ordinal > chosen.window_from_ordinal
    group by all
),

int_pools__bundles as (
    select
        pool_id,
        window_from_ordinal,
        bundle_product_id,
        components,
        standalone_amount,
        cast({{ share_by_weight('standalone_amount', 'components_price - bundle_price', 'components_price') }} as decimal(38, 9)) as discount_amount
    from compared
    where
        found_count = component_count
        and found_count < member_count
        and is_observable
        and bundle_price < components_price
)

select * from int_pools__bundles

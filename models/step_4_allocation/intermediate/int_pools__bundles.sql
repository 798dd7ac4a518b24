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
    inner join {{ ref('int_pools__bundle_prices') }} as entries
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

-- One row per entity, product, currency and stratum of customers: what the company's own sales say of the standalone selling price, and the book beside it (D10).
--
-- A proposal, not a price: allocation takes the book's prices alone. Sales that lie close enough
-- together contradict an entry whose point is outside their range (ASC 606-10-32-32, IFRS 15.77).
with

fitted as (
    select * from {{ ref('int_standalone_prices__fitted') }}
),

-- The entry that holds now for the stratum as a whole, per product unit.
entries as (
    select
        entities.entity_id,
        prices.product_id,
        prices.currency,
        prices.scope_type as stratum_type,
        coalesce(prices.scope_id, '*') as stratum,
        prices.ssp_id,
        prices.method,
        {{ share_by_weight('prices.rate_amount', '1.000000000', 'prices.rate_per_quantity') }} as point_price
    from {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
    cross join {{ ref('dim_entities') }} as entities
    where
        prices.known_until_at is null
        and prices.rate_amount > 0
        and coalesce(prices.quantity_from, 0) = 0
    qualify row_number() over (
        partition by entities.entity_id, prices.product_id, prices.currency, prices.scope_type, prices.scope_id
        order by prices.valid_from desc nulls last, prices.recorded_at desc, prices.ssp_id asc
    ) = 1
),

fct_standalone_price_evidence as (
    select
        fitted.entity_id,
        fitted.product_id,
        fitted.currency,
        fitted.stratum_type,
        fitted.stratum,
        cast(fitted.sales_count as bigint) as sales_count,
        cast(fitted.customer_count as bigint) as customer_count,
        cast(fitted.median_price as decimal(38, 18)) as median_price,
        cast(fitted.low_price as decimal(38, 18)) as low_price,
        cast(fitted.high_price as decimal(38, 18)) as high_price,
        cast(fitted.range_width as decimal(38, 18)) as range_width,
        cast(fitted.share_within as decimal(38, 18)) as share_within,
        cast(fitted.largest_customer_share as decimal(38, 18)) as largest_customer_share,
        fitted.is_supported,
        entries.ssp_id,
        entries.method as book_method,
        cast(entries.point_price as decimal(38, 18)) as book_price,
        case
            when not fitted.is_supported then 'NOT_ENOUGH'
            when entries.ssp_id is null then 'PROPOSED'
            when entries.point_price between fitted.low_price and fitted.high_price then 'AGREES'
            else 'CONTRADICTS'
        end as finding
    from fitted
    left join entries
        on entries.entity_id = fitted.entity_id
        and entries.product_id = fitted.product_id
        and entries.currency = fitted.currency
        and entries.stratum_type = fitted.stratum_type
        and entries.stratum = fitted.stratum
)

select * from fct_standalone_price_evidence

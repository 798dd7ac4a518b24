-- One row per free lot, usage line segment that drew it, service period and revision: what that knowledge changed in its use, and what this sells for.
--
-- Free and not because of a purchase is no consideration and never revenue (D8; ASC 606-10-32-2, IFRS 15.47): its standalone price tells what it is worth.
with

packs as (
    select
        contracts.entity_id,
        lines.contract_id,
        products.unit_code,
        lines.product_id,
        min(lines.known_ordinal) as known_ordinal
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ ref('dim_products') }} as products
        on products.product_id = lines.product_id
        and products.product_kind = 'credit_pack'
    group by contracts.entity_id, lines.contract_id, products.unit_code, lines.product_id
),

sold as (
    select
        entity_id,
        unit_code,
        product_id,
        min(known_ordinal) as known_ordinal
    from packs
    group by entity_id, unit_code, product_id
),

-- With the pack in its unit that its contract sells, else that its entity does; of several the first by id.
grants as (
    select
        grants.grant_id,
        grants.grant_kind,
        grants.contract_id,
        grants.customer_id,
        grants.entity_id,
        grants.granted_at,
        grants.known_ordinal,
        grants.units as quantity,
        contracts.currency,
        contracts.time_zone,
        coalesce(own.product_id, sold.product_id) as product_id
    from {{ ref('fct_credit_grants') }} as grants
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = grants.contract_id
    left join packs as own
        on own.contract_id = grants.contract_id
        and own.unit_code = grants.unit_code
        and own.known_ordinal <= grants.known_ordinal
    left join sold
        on sold.entity_id = grants.entity_id
        and sold.unit_code = grants.unit_code
        and sold.known_ordinal <= grants.known_ordinal
    where grants.treatment = 'NONE'
    qualify row_number() over (partition by grants.grant_id order by own.product_id nulls last, sold.product_id) = 1
),

selling_prices as (
    {{ price_of_a_credit('grants', 'grant_id', 'granted_at') }}
),

fct_promotional_use as (
    select
        used.grant_id,
        grants.grant_kind,
        grants.contract_id,
        grants.customer_id,
        grants.entity_id,
        used.line_id,
        used.line_segment_number,
        cast(used.service_ordinal as integer) as service_ordinal,
        cast(used.revision as integer) as revision,
        used.unit_code,
        cast(used.units as decimal(38, 18)) as units,
        used.quantity,
        selling_prices.ssp_id,
        grants.currency,
        cast(case
            when used.unit_code = grants.currency then used.units
            else {{ share_by_weight('selling_prices.rate_amount', 'used.units', 'selling_prices.rate_per_quantity') }}
        end as decimal(38, 18)) as list_value
    from {{ ref('int_wallet_promotions') }} as used
    inner join grants on grants.grant_id = used.grant_id
    left join selling_prices on selling_prices.grant_id = used.grant_id
)

select * from fct_promotional_use

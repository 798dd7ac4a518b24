-- One row per usage line and service period that used credits which no lot holds: they have no price.
with

drawn as (
    select
        line_id,
        service_ordinal,
        unit_code,
        sum(units) as units
    from {{ ref('fct_credit_draws') }}
    where taken_by = 'draw'
    group by line_id, service_ordinal, unit_code
),

reported as (
    select contracts.contract_id
    from {{ ref('fct_contract_wallets') }} as contracts
    inner join {{ ref('int_wallet_orders') }} as orders
        on orders.wallet_id = contracts.wallet_id
        and orders.draw_source = 'vendor'
),

charged as (
    select
        charges.line_id,
        charges.contract_id,
        charges.entity_id,
        charges.service_ordinal,
        charges.unit_code,
        sum(charges.amount) as units
    from {{ ref('int_usage_charges') }} as charges
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = charges.line_id
        and lines.currency <> charges.unit_code
    -- where the vendor's draws count nothing is drawn by line
    where charges.contract_id not in (select reported.contract_id from reported)
    group by charges.line_id, charges.contract_id, charges.entity_id, charges.service_ordinal, charges.unit_code
),

fct_credit_shortfalls as (
    select
        charged.entity_id,
        charged.contract_id,
        charged.line_id,
        charged.service_ordinal,
        charged.unit_code,
        cast(charged.units - coalesce(drawn.units, 0) as decimal(38, 18)) as units
    from charged
    left join drawn
        on drawn.line_id = charged.line_id
        and drawn.service_ordinal = charged.service_ordinal
        and drawn.unit_code = charged.unit_code
    where
        charged.units <> coalesce(drawn.units, 0)
        -- what the contract prices as overage
        and charged.line_id not in (select line_id from {{ ref('int_overage_prices') }})
)

select * from fct_credit_shortfalls

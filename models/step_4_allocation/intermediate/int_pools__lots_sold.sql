-- One row per version of a lot of prepaid credits that may share in the price of its contract: what the contract sold with itself, at one amount.
--
-- A lot granted later was bought then, at its own price, and a minimum by the interval is one price for each: of their prices
-- the contract as agreed says nothing. What is refundable at will is no price.
with

lines as (
    select
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        contracts.time_zone,
        greatest(
            cast({{ local_from_utc('coalesce(contracts.signed_at, contracts.effective_from)', 'contracts.time_zone') }} as date),
            cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'stated'), 'contracts.time_zone') }} as date)
        ) as sold_date
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = lines.contract_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = lines.line_id
        and stated.modified_by_event_id is null
    {{ join_known_period('first_known', 'lines.entity_id', 'stated.recorded_at') }}
    where
        lines.pattern = 'prepaid_units'
        and lines.added_by_event_id is null
        and coalesce(stated.amount_interval, 'once') = 'once'
    -- as first agreed: the proportions of inception stand
    {{ as_first_known('lines.line_id', 'stated') }}
),

-- A bonus shares the price of what it came with, whenever it was given.
first_sold as (
    select
        grants.grant_id,
        lines.line_id,
        lines.obligation_id
    from {{ ref('fct_credit_grants') }} as grants
    inner join {{ ref('fct_credit_grants') }} as purchases on purchases.grant_id = coalesce(grants.purchase_grant_id, grants.grant_id)
    inner join lines
        on lines.line_id = grants.line_id
        and lines.sold_date >= cast({{ local_from_utc('purchases.granted_at', 'lines.time_zone') }} as date)
    where grants.root_grant_id is null
),

int_pools__lots_sold as (
    select
        lots.contract_id,
        sold.obligation_id,
        sold.line_id,
        lots.grant_id,
        lots.known_from_ordinal,
        lots.known_to_ordinal,
        lots.unit_code,
        lots.units - lots.refunded_units as units,
        lots.net_consideration
    from first_sold as sold
    inner join {{ ref('fct_credit_lots') }} as lots on lots.grant_id = sold.grant_id
    where lots.net_consideration > 0
)

select * from int_pools__lots_sold

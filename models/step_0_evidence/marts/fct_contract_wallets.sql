-- One row per contract: the wallet whose lots its usage draws, its own or that of a pool.
--
-- A pool is shared by contracts of one entity whose customers are its members. What the close that first knew the contract
-- knew of its customer holds: a membership learned later would rewrite closed periods, so it counts for later contracts.
with

memberships as (
    select
        customer_id,
        credit_pool_id,
        recorded_at
    from {{ accepted(ref('stg_customers')) }}
    where credit_pool_id is not null
    qualify row_number() over (partition by customer_id order by recorded_at, credit_pool_id) = 1
),

fct_contract_wallets as (
    select
        places.contract_id,
        places.entity_id,
        case
            when joined.period_ordinal <= known.period_ordinal then memberships.credit_pool_id || ':' || places.entity_id
            else places.contract_id
        end as wallet_id
    from {{ ref('int_contracts__places') }} as places
    left join memberships on memberships.customer_id = places.customer_id
    {{ join_known_period('known', 'places.entity_id', 'places.recorded_at') }}
    {{ join_known_period('joined', 'places.entity_id', 'memberships.recorded_at') }}
)

select * from fct_contract_wallets

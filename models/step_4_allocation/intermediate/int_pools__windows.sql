-- One row per pool and closes between which nothing of it changed: the common windows of belief of all its members.
--
-- A pool is what is agreed together: the contract, and each later interval of fees without an
-- end. When a close learns something of one member, the price of all is spread again.
with

-- Later intervals in which something promised is priced apart.
tranches as (
    select distinct
        contract_id,
        tranche_ordinal
    from {{ ref('fct_fee_intervals') }}
    where
        pattern <> 'price_only'
        and contract_id in (select contract_id from {{ ref('int_pools') }})
),

fees as (
    select
        fees.contract_id,
        -- a later price of what was promised at first joins the price agreed first
        coalesce(tranches.tranche_ordinal, 0) as tranche_ordinal,
        fees.known_from_ordinal,
        fees.known_to_ordinal,
        fees.arrived_family,
        fees.replaced_family
    from {{ ref('fct_fee_intervals') }} as fees
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = fees.contract_id
    left join tranches
        on tranches.contract_id = fees.contract_id
        and tranches.tranche_ordinal = fees.tranche_ordinal
    where fees.line_id not in (select outside.line_id from {{ ref('int_rights__outside_pools') }} as outside)
),

lives as (
    select
        contract_id,
        tranche_ordinal,
        min(known_from_ordinal) as first_ordinal,
        max(known_to_ordinal) as last_ordinal
    from fees
    group by contract_id, tranche_ordinal
),

evidence as (
    select
        contract_id,
        known_from_ordinal as known_ordinal,
        {{ family('rating') }} as family
    from {{ ref('fct_line_selling_prices') }}
    where contract_id in (select contract_id from lives)
    union
    select
        contract_id,
        known_to_ordinal as known_ordinal,
        {{ family('rating') }} as family
    from {{ ref('fct_line_selling_prices') }}
    where contract_id in (select contract_id from lives)
    union
    select
        contract_id,
        known_from_ordinal as known_ordinal,
        {{ family('estimate') }} as family
    from {{ ref('int_pools__forecasts') }}
),

arrivals as (
    select
        contract_id,
        tranche_ordinal,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from fees
    union
    select
        contract_id,
        tranche_ordinal,
        known_to_ordinal as known_ordinal,
        replaced_family as family
    from fees
    union
    select
        lives.contract_id,
        lives.tranche_ordinal,
        evidence.known_ordinal,
        evidence.family
    from lives
    inner join evidence
        on evidence.contract_id = lives.contract_id
        and evidence.known_ordinal > lives.first_ordinal
        and evidence.known_ordinal < lives.last_ordinal
),

closes as (
    select
        contract_id,
        tranche_ordinal,
        known_ordinal,
        max(family) as family
    from arrivals
    where known_ordinal < 999999
    group by contract_id, tranche_ordinal, known_ordinal
),

int_pools__windows as (
    select
        contract_id || case when tranche_ordinal > 0 then ':' || cast(tranche_ordinal as varchar) else '' end as pool_id,
        contract_id,
        tranche_ordinal,
        cast(known_ordinal as integer) as window_from_ordinal,
        cast(lead(known_ordinal, 1, 999999) over in_order as integer) as window_to_ordinal,
        cast(family as integer) as arrived_family,
        cast(lead(family, 1, {{ family('rating') }}) over in_order as integer) as replaced_family
    from closes
    window in_order as (partition by contract_id, tranche_ordinal order by known_ordinal)
)

select * from int_pools__windows

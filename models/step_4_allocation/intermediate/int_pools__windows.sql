-- One row per pool and closes between which nothing of it changed: the common windows of belief of all its members.
--
-- A pool is what is agreed together: the contract, or the contracts combined into one, and each
-- later interval of fees without an end. When a close learns something of one member, the price
-- of all is spread again.
with

agreements as (
    select
        agreements.* replace (greatest(agreements.from_ordinal, pools.from_ordinal) as from_ordinal),
        -- terms that change are the cause where they make the price one
        case when pools.from_ordinal > agreements.from_ordinal then {{ family('modification') }} else {{ family('contract') }} end as joined_family
    from {{ ref('int_pools__agreements') }} as agreements
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = agreements.contract_id
    where agreements.to_ordinal > pools.from_ordinal
),

-- Later intervals in which something promised is priced apart.
tranches as (
    select distinct
        agreements.agreement_id,
        fees.tranche_ordinal
    from {{ ref('fct_fee_intervals') }} as fees
    inner join agreements on agreements.contract_id = fees.contract_id
    where fees.pattern <> 'price_only'
),

fees as (
    select
        fees.contract_id,
        agreements.agreement_id,
        -- a later price of what was promised at first joins the price agreed first
        coalesce(tranches.tranche_ordinal, 0) as tranche_ordinal,
        greatest(fees.known_from_ordinal, agreements.from_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, agreements.to_ordinal) as known_to_ordinal,
        case when agreements.from_ordinal > fees.known_from_ordinal then agreements.joined_family else fees.arrived_family end as arrived_family,
        case when agreements.to_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family
    from {{ ref('fct_fee_intervals') }} as fees
    inner join agreements
        on agreements.contract_id = fees.contract_id
        and agreements.from_ordinal < fees.known_to_ordinal
        and agreements.to_ordinal > fees.known_from_ordinal
    left join tranches
        on tranches.agreement_id = agreements.agreement_id
        and tranches.tranche_ordinal = fees.tranche_ordinal
    where fees.line_id not in (select outside.line_id from {{ ref('int_rights__outside_pools') }} as outside)
),

lives as (
    select
        contract_id,
        agreement_id,
        tranche_ordinal,
        min(known_from_ordinal) as first_ordinal,
        max(known_to_ordinal) as last_ordinal
    from fees
    group by contract_id, agreement_id, tranche_ordinal
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
    union
    select
        contract_id,
        known_from_ordinal as known_ordinal,
        {{ family('contract') }} as family
    from {{ ref('int_pools__lots_sold') }}
    union
    select
        contract_id,
        known_to_ordinal as known_ordinal,
        {{ family('contract') }} as family
    from {{ ref('int_pools__lots_sold') }}
    union
    -- royalties that share in the price do so as they become known
    select distinct
        royalties.contract_id,
        cast({{ int_div('rated.revision', '10') }} as integer) as known_ordinal,
        {{ family('usage') }} as family
    from {{ ref('fct_rated_usage') }} as rated
    inner join {{ ref('int_pools__royalty_lines') }} as royalties on royalties.line_id = rated.line_id
),

learned as (
    select
        lives.agreement_id,
        lives.tranche_ordinal,
        evidence.known_ordinal,
        evidence.family
    from lives
    inner join evidence
        on evidence.contract_id = lives.contract_id
        and evidence.known_ordinal > lives.first_ordinal
        and evidence.known_ordinal < lives.last_ordinal
),

{{ windows_between_closes('agreement_id, tranche_ordinal', {
    'fees': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'learned': {'known_ordinal': 'family'},
}) }},

int_pools__windows as (
    select
        agreement_id || case when tranche_ordinal > 0 then ':' || cast(tranche_ordinal as varchar) else '' end as pool_id,
        agreement_id,
        tranche_ordinal,
        cast(window_from_ordinal as integer) as window_from_ordinal,
        cast(window_to_ordinal as integer) as window_to_ordinal,
        cast(arrived_family as integer) as arrived_family,
        cast(replaced_family as integer) as replaced_family
    from windows
)

select * from int_pools__windows

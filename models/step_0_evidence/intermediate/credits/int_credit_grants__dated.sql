-- One row per credit grant ever accepted: the contract and line it belongs to, in the accounting zone of its entity.
--
-- A lot is sold by a line. Where the grant names none, it is the line of its contract (or of its
-- customer's contracts) that first sold prepaid units: a line recorded later must not move it. What is
-- given back in credits concerns the line it names, else the first use, fee or outcomes of its contract.
with

-- What a line grants by itself is granted as its interval starts; the price of what comes with a plan is the plan's.
grants as (
    select * from {{ accepted(ref('stg_credit_grants')) }}
    union all by name
    select
        implied.*,
        false as refundable,
        true as is_implied
    from (
        select
            * exclude (line_version, interval_number, rollover_max_times),
            effective_at as granted_at
        from {{ ref('int_credit_grants__included') }}
        union all by name
        select
            *,
            'rollover' as grant_kind,
            cast(0 as decimal(38, 9)) as consideration_amount
        from {{ ref('int_credit_grants__carried_over') }}
    ) as implied
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        places.customer_id,
        lines.line_kind,
        min(lines.recorded_at) as recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    group by lines.line_id, lines.contract_id, places.customer_id, lines.line_kind
),

selling_lines as (
    select * from lines
    where line_kind in ('credit_pack', 'minimum_commitment')
),

first_of_contract as (
    select * from selling_lines
    qualify row_number() over (partition by contract_id order by recorded_at, line_id) = 1
),

first_of_customer as (
    select * from selling_lines
    qualify row_number() over (partition by customer_id order by recorded_at, line_id) = 1
),

-- What a price reduction is for where the grant does not say.
first_performed as (
    select * from lines
    where line_kind in ('usage', 'fixed_fee', 'outcome')
    qualify row_number() over (
        partition by contract_id order by recorded_at, case line_kind when 'usage' then 0 when 'fixed_fee' then 1 else 2 end, line_id
    ) = 1
),

-- The plan that an entitlement came with where the grant does not say.
first_plans as (
    select * from lines
    where line_kind in ('included_credits', 'fixed_fee')
    qualify row_number() over (
        partition by contract_id order by recorded_at, case line_kind when 'included_credits' then 0 else 1 end, line_id
    ) = 1
),

first_contracts as (
    select
        customer_id,
        contract_id
    from {{ ref('int_contracts__places') }}
    qualify row_number() over (partition by customer_id order by recorded_at, contract_id) = 1
),

named as (
    select
        grants.*,
        coalesce(grants.contract_id, own_line.contract_id, first_of_customer.contract_id, first_contracts.contract_id) as own_contract_id,
        case
            when grants.line_id is not null then own_line.line_kind
            else coalesce(first_of_contract.line_kind, case when grants.contract_id is null then first_of_customer.line_kind end)
        end as selling_line_kind,
        coalesce(
            grants.line_id,
            first_of_contract.line_id,
            case when grants.contract_id is null then first_of_customer.line_id end
        ) as selling_line_id
    from grants
    left join lines as own_line on own_line.line_id = grants.line_id
    left join first_of_contract on first_of_contract.contract_id = grants.contract_id
    left join first_of_customer on first_of_customer.customer_id = grants.customer_id
    left join first_contracts on first_contracts.customer_id = grants.customer_id
),

int_credit_grants__dated as (
    select
        named.* exclude (granted_at, effective_at, expires_at),
        places.entity_id,
        places.currency as contract_currency,
        places.time_zone,
        wallets.wallet_id,
        {{ instant('granted_at', 'places.time_zone', 'named') }} as granted_at,
        {{ instant('effective_at', 'places.time_zone', 'named') }} as effective_at,
        {{ instant('expires_at', 'places.time_zone', 'named') }} as expires_at,
        kinds.treatment as kind_treatment,
        kinds.draw_priority as kind_priority,
        coalesce(named.line_id, first_performed.line_id) as concerned_line_id,
        coalesce(named.line_id, first_plans.line_id) as plan_line_id
    from named
    inner join {{ ref('grant_kinds') }} as kinds on kinds.grant_kind = named.grant_kind
    left join {{ ref('int_contracts__places') }} as places on places.contract_id = named.own_contract_id
    left join {{ ref('fct_contract_wallets') }} as wallets on wallets.contract_id = named.own_contract_id
    left join first_performed on first_performed.contract_id = named.own_contract_id
    left join first_plans on first_plans.contract_id = named.own_contract_id
)

select * from int_credit_grants__dated

-- One row per credit grant ever accepted: the contract and line it belongs to, and the closes that believed it.
--
-- A lot is sold by a line. Where the grant names none, it is the line of its contract (or of its
-- customer's contracts) that first sold prepaid units: a line recorded later must not move it.
with

grants as (
    select * from {{ accepted(ref('stg_credit_grants')) }}
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

dated as (
    select
        named.* exclude (granted_at, effective_at, expires_at),
        places.entity_id,
        places.currency as contract_currency,
        places.time_zone,
        {{ instant('granted_at', 'places.time_zone', 'named') }} as granted_at,
        {{ instant('effective_at', 'places.time_zone', 'named') }} as effective_at,
        {{ instant('expires_at', 'places.time_zone', 'named') }} as expires_at,
        kinds.is_drawn,
        kinds.treatment,
        coalesce(named.priority, kinds.draw_priority) as draw_priority
    from named
    inner join {{ ref('grant_kinds') }} as kinds on kinds.grant_kind = named.grant_kind
    left join {{ ref('int_contracts__places') }} as places on places.contract_id = named.own_contract_id
),

int_credit_grants__placed as (
    select
        dated.grant_id,
        dated.customer_id,
        dated.own_contract_id as contract_id,
        dated.entity_id,
        case when dated.selling_line_kind in ('credit_pack', 'minimum_commitment') then dated.selling_line_id end as line_id,
        dated.grant_kind,
        dated.treatment,
        dated.time_zone,
        dated.draw_priority,
        dated.units_granted as units,
        dated.unit_code,
        dated.consideration_currency as currency,
        dated.consideration_amount as consideration,
        coalesce(dated.refundable, false) as is_refundable,
        dated.document_line_id,
        dated.granted_at,
        dated.effective_at,
        dated.expires_at,
        dated.recorded_at,
        coalesce(effective.period_ordinal, 1) as effective_ordinal,
        greatest(known.period_ordinal, coalesce(granted.period_ordinal, 1)) as known_ordinal,
        case
            when dated.known_until_at is null then 999999
            else greatest(withdrawn.period_ordinal, known.period_ordinal, coalesce(granted.period_ordinal, 1))
        end as withdrawn_ordinal,
        case
            when not dated.is_drawn then 'grant_kind'
            when dated.own_contract_id is null then 'no_contract'
            when dated.units_granted = 0 then 'no_units'
            when dated.applies_to_product_ids is not null then 'restricted_to_products'
            when dated.consideration_amount = 0 then null
            when dated.consideration_currency <> dated.contract_currency then 'bad_currency'
            when coalesce(dated.selling_line_kind, '') not in ('credit_pack', 'minimum_commitment') then 'no_selling_line'
        end as not_drawn_reason
    from dated
    {{ join_known_period('known', 'dated.entity_id', 'dated.recorded_at') }}
    {{ join_known_period('withdrawn', 'dated.entity_id', 'dated.known_until_at') }}
    {{ join_period_of('granted', 'dated.entity_id', 'dated.granted_at') }}
    {{ join_period_of('effective', 'dated.entity_id', 'dated.effective_at') }}
)

select * from int_credit_grants__placed

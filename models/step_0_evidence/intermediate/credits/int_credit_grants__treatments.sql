-- One row per credit grant ever accepted: what it is under D8, the purchase it shares a price with, and the election that says so.
--
-- Free because of a purchase is a bonus, whatever it is called (E25): a lot that names what was bought as its parent, or that
-- came with the document line which sold it, shares its price (ASC 606-10-32-28, IFRS 15.73). An election that the
-- first close of the lot knew goes before; a later one would rewrite closed periods.
with

grants as (
    select
        dated.*,
        greatest(known.period_ordinal, coalesce(granted.period_ordinal, 1)) as known_ordinal
    from {{ ref('int_credit_grants__dated') }} as dated
    {{ join_known_period('known', 'dated.entity_id', 'dated.recorded_at') }}
    {{ join_period_of('granted', 'dated.entity_id', 'dated.granted_at') }}
),

elected as (
    {{ elections_of(
        ['grant_treatment'],
        'grants',
        'grant_id',
        {'grant': 'grant_id', 'line': 'line_id', 'contract': 'own_contract_id', 'customer': 'customer_id', 'grant_kind': 'grant_kind', 'entity': 'entity_id'},
    ) }}
),

elections as (
    select elected.*
    from elected
    inner join grants on grants.grant_id = elected.grant_id
    where
        elected.known_ordinal <= grants.known_ordinal
        and elected.replaced_ordinal > grants.known_ordinal
    qualify row_number() over (partition by elected.grant_id order by {{ nearest_election('elected') }}) = 1
),

purchases as (
    select * from grants
    where
        consideration_amount > 0
        and kind_treatment in ('UNITS_PROPORTIONAL', 'UNITS_DELIVERED')
),

-- What a free lot came with: its parent, the lot of the same document line, of a bonus the last one bought of its line; of
-- what is given back, the last one bought.
bought_with as (
    select
        grants.grant_id,
        purchases.grant_id as purchase_grant_id
    from grants
    inner join purchases
        on purchases.own_contract_id = grants.own_contract_id
        and purchases.unit_code = grants.unit_code
        and (
            purchases.grant_id = grants.parent_grant_id
            -- a purchase that is learned later must not move it
            or purchases.known_ordinal <= grants.known_ordinal
            and (
                purchases.document_line_id = grants.document_line_id
                or grants.grant_kind = 'bonus'
                and grants.parent_grant_id is null
                and purchases.line_id = grants.line_id
                and purchases.granted_at <= grants.granted_at
                or grants.grant_kind in ('service_credit', 'goodwill')
                and purchases.granted_at <= grants.granted_at
            )
        )
    where
        grants.grant_kind in ('bonus', 'promotional', 'service_credit', 'goodwill')
        and grants.consideration_amount = 0
    qualify row_number() over (
        partition by grants.grant_id
        order by
            case when purchases.grant_id = grants.parent_grant_id then 0 when purchases.document_line_id = grants.document_line_id then 1 else 2 end,
            purchases.granted_at desc,
            purchases.grant_id asc
    ) = 1
),

ruled as (
    select
        grants.grant_id,
        grants.grant_kind,
        grants.kind_treatment,
        nullif(elections.choice, 'computed') as elected_choice,
        elections.election_id,
        bought_with.purchase_grant_id,
        case
            -- a minimum for readiness is a fee of its days, one earned with its overage a part of that price
            when commitments.is_stand_ready or commitments.is_by_progress then 'RATABLE'
            when elections.choice = 'none' and grants.consideration_amount = 0 then 'NONE'
            when elections.choice = 'price_reduction' and grants.consideration_amount = 0 then 'PRICE_REDUCTION'
            when bought_with.purchase_grant_id is not null and grants.grant_kind in ('bonus', 'promotional') then 'SHARES_PRICE'
            -- what has a price of its own shares none
            when grants.kind_treatment = 'SHARES_PRICE' and grants.consideration_amount > 0 then 'UNITS_DELIVERED'
            else grants.kind_treatment
        end as treatment
    from grants
    left join elections on elections.grant_id = grants.grant_id
    left join bought_with on bought_with.grant_id = grants.grant_id
    left join {{ ref('fct_commitments') }} as commitments
        on grants.grant_kind = 'commitment'
        and commitments.line_id = grants.selling_line_id
),

int_credit_grants__treatments as (
    select
        grant_id,
        treatment,
        case when treatment = 'SHARES_PRICE' then purchase_grant_id end as purchase_grant_id,
        -- credits given back are worth what such credits cost last
        case when treatment = 'PRICE_REDUCTION' then purchase_grant_id end as worth_grant_id,
        case when treatment in ('NONE', 'PRICE_REDUCTION') and treatment = upper(elected_choice) then election_id end as election_id,
        -- what a lot is by what was paid for it cannot be elected away; of a plan's credits the test of their line decides
        case
            when
                grant_kind not in ('entitlement', 'rollover')
                and upper(elected_choice) <> treatment
                and not (elected_choice in ('units_delivered', 'units_proportional') and treatment in ('UNITS_DELIVERED', 'UNITS_PROPORTIONAL', 'SHARES_PRICE'))
                then elected_choice
        end as unfit_choice
    from ruled
)

select * from int_credit_grants__treatments

-- One row per credit grant ever accepted, as one that stands alone: its line, its place in the burn order, and the closes that believed it.
with

dated as (
    select
        grants.*,
        treated.treatment,
        treated.purchase_grant_id,
        treated.election_id,
        treated.unfit_choice,
        -- nobody can know of a bonus before what it came with
        greatest(grants.recorded_at, case when treated.treatment = 'SHARES_PRICE' then purchases.recorded_at end) as counts_from_at,
        purchases.line_id as purchase_line_id,
        purchases.selling_line_id as purchase_selling_line_id,
        purchases.selling_line_kind as purchase_selling_line_kind,
        -- a bonus is drawn with what it came with
        coalesce(grants.priority, case when purchases.grant_id is not null then coalesce(purchases.priority, purchases.kind_priority) end, grants.kind_priority) as draw_priority,
        -- what is given back in the contract's currency is worth its face; credits what is stated, else what such credits cost last
        case
            -- the fee of a minimum for readiness is that of its line
            when treated.treatment = 'RATABLE' and grants.grant_kind = 'commitment' then 0
            when treated.treatment <> 'PRICE_REDUCTION' then grants.consideration_amount
            when grants.consideration_amount > 0 then grants.consideration_amount
            when grants.unit_code = grants.contract_currency then grants.units_granted
            else cast({{ from_minor_units(
                int_div(
                    '2 * ' ~ to_minor_units('likes.consideration_amount', 'currencies.minor_unit_exponent') ~ ' * ' ~ billionths('grants.units_granted') ~ ' + ' ~ billionths('likes.units_granted'),
                    '2 * ' ~ billionths('likes.units_granted'),
                ),
                'currencies.minor_unit_exponent',
            ) }} as decimal(38, 9))
        end as worth
    from {{ ref('int_credit_grants__dated') }} as grants
    inner join {{ ref('int_credit_grants__treatments') }} as treated on treated.grant_id = grants.grant_id
    left join {{ ref('int_credit_grants__dated') }} as purchases on purchases.grant_id = treated.purchase_grant_id
    left join {{ ref('int_credit_grants__dated') }} as likes on likes.grant_id = treated.worth_grant_id
    left join {{ ref('currencies') }} as currencies on currencies.currency = likes.consideration_currency
),

lined as (
    select
        *,
        case treatment when 'SHARES_PRICE' then purchase_selling_line_id else selling_line_id end as sold_by_line_id,
        coalesce(case treatment when 'SHARES_PRICE' then purchase_selling_line_kind else selling_line_kind end in ('credit_pack', 'minimum_commitment'), false) as is_sold_by_line
    from dated
),

int_credit_grants__sold as (
    select
        lined.grant_id,
        lined.customer_id,
        lined.own_contract_id as contract_id,
        lined.wallet_id,
        lined.entity_id,
        case
            when lined.treatment = 'PRICE_REDUCTION' then lined.concerned_line_id
            when lined.treatment = 'RATABLE' and lined.grant_kind <> 'commitment' then lined.plan_line_id
            when lined.is_sold_by_line then lined.sold_by_line_id
        end as line_id,
        lined.grant_kind,
        lined.treatment,
        lined.purchase_grant_id,
        lined.election_id,
        lined.unfit_choice,
        lined.time_zone,
        lined.draw_priority,
        lined.priority as stated_priority,
        lined.applies_to_product_ids,
        lined.units_granted as units,
        lined.unit_code,
        lined.consideration_currency as currency,
        cast(coalesce(lined.worth, 0) as decimal(38, 9)) as consideration,
        coalesce(lined.worth, 0) = 0 as is_free,
        coalesce(lined.refundable, false) as is_refundable,
        lined.document_line_id,
        lined.granted_at,
        lined.effective_at,
        lined.expires_at,
        lined.recorded_at,
        coalesce(lined.is_implied, false) as is_implied,
        coalesce(effective.period_ordinal, 1) as effective_ordinal,
        greatest(known.period_ordinal, coalesce(granted.period_ordinal, 1)) as known_ordinal,
        case
            when lined.known_until_at is null then 999999
            else greatest(withdrawn.period_ordinal, known.period_ordinal, coalesce(granted.period_ordinal, 1))
        end as withdrawn_ordinal,
        case
            when lined.treatment is null then 'no_parent'
            when lined.own_contract_id is null then 'no_contract'
            when lined.units_granted = 0 then 'no_units'
            -- a bonus without what it came with has no price to share
            when lined.treatment = 'SHARES_PRICE' and lined.purchase_grant_id is null then 'no_purchase'
            when lined.treatment = 'PRICE_REDUCTION' and lined.worth is null then 'no_value'
            when lined.worth > 0 and lined.consideration_currency <> lined.contract_currency then 'bad_currency'
            when lined.treatment = 'PRICE_REDUCTION' and lined.concerned_line_id is null then 'no_line'
            when lined.treatment = 'RATABLE' and lined.grant_kind <> 'commitment' and lined.plan_line_id is null then 'no_plan'
            when lined.treatment = 'RATABLE' and lined.worth > 0 then 'price_stated'
            when lined.treatment in ('PRICE_REDUCTION', 'NONE', 'RATABLE') then null
            when not lined.is_sold_by_line then 'no_selling_line'
        end as not_drawn_reason
    from lined
    {{ join_known_period('known', 'lined.entity_id', 'lined.counts_from_at') }}
    {{ join_known_period('withdrawn', 'lined.entity_id', 'lined.known_until_at') }}
    {{ join_period_of('granted', 'lined.entity_id', 'lined.granted_at') }}
    {{ join_period_of('effective', 'lined.entity_id', 'lined.effective_at') }}
)

select * from int_credit_grants__sold

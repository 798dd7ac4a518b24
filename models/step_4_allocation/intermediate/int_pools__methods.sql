-- One row per obligation of a pool and window of belief: by which rule its share of the price is found (D10).
--
-- In the order of the standard: a discount that an observable bundle shows to belong to some
-- promises (32-37, IFRS 15.82), then what remains for one promise without a price of its own
-- (32-34(c), IFRS 15.79(c)), then standalone selling prices.
with

members as (
    select
        obligations.*,
        coalesce(obligations.line_id, obligations.obligation_id) as member_id,
        pools.entity_id,
        pools.minor_unit_exponent,
        pools.discount_choice,
        pools.discount_election_id,
        pools.discount_tolerance,
        -- what a residual price falls back on where it is not allowed
        case
            when obligations.is_residual
                then coalesce(
                    obligations.point_amount,
                    {{ share_of('obligations.low_amount + obligations.high_amount', '1', '2') }},
                    obligations.stated_amount
                )
            else obligations.standalone_amount
        end as fallback_amount
    from {{ ref('int_pools__obligations') }} as obligations
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = obligations.contract_id
    where obligations.source = 'fee' or obligations.is_off_ssp
),

totals as (
    select
        pool_id,
        window_from_ordinal,
        count(*) as member_count,
        max(discount_tolerance) as discount_tolerance,
        sum(stated_amount) as price,
        sum(case when is_residual then 0 else standalone_amount end) as standalone_amount,
        sum(fallback_amount) as fallback_amount,
        cast(sum(case when is_residual then 1 else 0 end) as integer) as residual_count,
        bool_and(is_residual or is_observable) as others_are_observable,
        max(case when is_residual then low_amount end) as residual_low_amount,
        max(case when is_residual then high_amount end) as residual_high_amount
    from members
    group by pool_id, window_from_ordinal
),

-- A bundle is evidence when its discount is the whole discount; beside a residual promise the discount is not known yet.
evidence as (
    select
        bundles.pool_id,
        bundles.window_from_ordinal,
        min(bundles.bundle_product_id) as bundle_product_id,
        min(bundles.components) as components,
        min(bundles.discount_amount) as discount_amount,
        min(bundles.standalone_amount) as standalone_amount
    from {{ ref('int_pools__bundles') }} as bundles
    inner join totals
        on totals.pool_id = bundles.pool_id
        and totals.window_from_ordinal = bundles.window_from_ordinal
    where
        totals.residual_count = 1
        or abs(totals.standalone_amount - totals.price - bundles.discount_amount) <= bundles.discount_amount * totals.discount_tolerance
    group by bundles.pool_id, bundles.window_from_ordinal
    -- two bundles that would explain the discount are evidence of neither
    having count(*) = 1
),

decided as (
    select
        members.*,
        totals.member_count,
        totals.price,
        totals.standalone_amount as pool_standalone_amount,
        totals.fallback_amount as pool_fallback_amount,
        totals.residual_count,
        evidence.bundle_product_id,
        evidence.standalone_amount as bundle_standalone_amount,
        evidence.discount_amount as bundle_discount_amount,
        position('|' || coalesce(described.product_id, '') || '|' in coalesce(evidence.components, '')) > 0 as is_in_bundle,
        totals.price - totals.standalone_amount + coalesce(evidence.discount_amount, 0) as residual_amount,
        case
            when totals.residual_count = 0 then cast(null as varchar)
            when totals.residual_count > 1 then 'RESIDUAL_OF_SEVERAL'
            when not totals.others_are_observable then 'OTHERS_NOT_OBSERVABLE'
            when totals.price - totals.standalone_amount + coalesce(evidence.discount_amount, 0) <= 0 then 'RESIDUAL_NOT_POSITIVE'
            when totals.price - totals.standalone_amount + coalesce(evidence.discount_amount, 0) not between totals.residual_low_amount and totals.residual_high_amount then 'RESIDUAL_OUT_OF_RANGE'
        end as residual_refused
    from members
    inner join totals
        on totals.pool_id = members.pool_id
        and totals.window_from_ordinal = members.window_from_ordinal
    inner join {{ ref('dim_obligations') }} as described on described.obligation_id = members.obligation_id
    left join evidence
        on evidence.pool_id = members.pool_id
        and evidence.window_from_ordinal = members.window_from_ordinal
        and members.discount_choice = 'computed'
),

int_pools__methods as (
    select
        *,
        residual_count = 1 and residual_refused is null as uses_residual,
        case
            when member_count = 1 then 'STATED_PRICE'
            when discount_choice = 'specific' then 'ELECTED_SPECIFIC'
            when residual_count = 1 and residual_refused is null and is_residual then 'RESIDUAL'
            when bundle_product_id is not null and (residual_count = 0 or residual_refused is null) then 'DISCOUNT_SPECIFIC'
            when residual_count = 1 and residual_refused is null then 'STANDALONE_PRICE'
            when pool_fallback_amount <= 0 then 'STATED_PRICE'
            else 'RELATIVE_SSP'
        end as method
    from decided
)

select * from int_pools__methods

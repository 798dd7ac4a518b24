-- One row per pool, closes that believed so and obligation: its share of the price of the pool, and how it was found (D10).
--
-- What is settled for one promise alone keeps its amount; what the others leave is shared by
-- standalone selling prices, to whole minor units by the largest remainder, so that shares sum
-- to the price. A part of the price below a minor unit stays with the largest share.
with

-- What a line given up keeps joins what remains then, and so does one added off its standalone price; changes before it were each of their own promise.
joined as (
    select
        parts.pool_id,
        parts.window_from_ordinal,
        coalesce(
            min(case
                when {{ round_to_minor_unit('parts.kept_amount', 'pools.minor_unit_exponent') }} > 0 then parts.segment_from_date
                else added.shared_from_date
            end),
            cast('9999-12-31' as date)
        ) as shared_from_date
    from {{ ref('int_pools__parts') }} as parts
    inner join {{ ref('int_pools') }} as pools
        on pools.contract_id = parts.contract_id
        and pools.from_ordinal > 0
    left join {{ ref('int_pools__added_lines') }} as added
        on added.line_id = parts.line_id
        and added.known_from_ordinal <= parts.window_from_ordinal
        and added.known_to_ordinal > parts.window_from_ordinal
    group by parts.pool_id, parts.window_from_ordinal
),

weighed as (
    select
        *,
        case
            when method = 'RESIDUAL' then 'residual'
            when method = 'DISCOUNT_SPECIFIC' and not is_in_bundle or method = 'STANDALONE_PRICE' then member_id
            else 'rest'
        end as share_group,
        cast(case
            when method in ('STATED_PRICE', 'ELECTED_SPECIFIC') then stated_amount
            when method = 'RESIDUAL' then 1
            else fallback_amount
        end as decimal(38, 9)) as weight,
        {{ to_minor_units(round_to_minor_unit('price', 'minor_unit_exponent'), 'minor_unit_exponent') }} as price_minor
    from {{ ref('int_pools__methods') }}
),

settled as (
    select
        *,
        sum(weight) over (partition by pool_id, window_from_ordinal, share_group) as group_weight,
        case
            when share_group not in ('residual', 'rest')
                then {{ to_minor_units(round_to_minor_unit('weight', 'minor_unit_exponent'), 'minor_unit_exponent') }}
        end as own_minor,
        case
            when share_group = 'rest' and uses_residual and is_in_bundle
                then {{ to_minor_units(round_to_minor_unit('bundle_standalone_amount - bundle_discount_amount', 'minor_unit_exponent'), 'minor_unit_exponent') }}
        end as bundle_minor
    from weighed
),

grouped as (
    select
        *,
        case
            when own_minor is not null then own_minor
            when share_group = 'rest' and uses_residual then bundle_minor
            else
                price_minor - coalesce(sum(own_minor) over pool, 0)
                - case when share_group = 'residual' then coalesce(max(bundle_minor) over pool, 0) else 0 end
        end as group_minor
    from settled
    window pool as (partition by pool_id, window_from_ordinal)
),

quotas as (
    select
        *,
        cast(sign(group_minor) as integer) as direction,
        case when group_weight = 0 then 1 else {{ billionths('weight * cast(sign(group_weight) as integer)') }} end as part,
        case when group_weight = 0 then count(*) over (partition by pool_id, window_from_ordinal, share_group) else {{ billionths('abs(group_weight)') }} end as whole
    from grouped
),

floored as (
    select
        *,
        {{ int_div('abs(group_minor) * part', 'whole') }} - case when abs(group_minor) * part % whole < 0 then 1 else 0 end as whole_minor
    from quotas
),

ranked as (
    select
        *,
        abs(group_minor) - sum(whole_minor) over share_group_of as left_over,
        row_number() over (
            partition by pool_id, window_from_ordinal, share_group
            order by abs(group_minor) * part - whole_minor * whole desc, member_id asc
        ) as remainder_rank,
        row_number() over (
            partition by pool_id, window_from_ordinal order by whole_minor desc, member_id asc
        ) as size_rank
    from floored
    window share_group_of as (partition by pool_id, window_from_ordinal, share_group)
),

shared as (
    select
        *,
        cast({{ from_minor_units('direction * (whole_minor + case when remainder_rank <= left_over then 1 else 0 end)', 'minor_unit_exponent') }} as decimal(38, 18))
        + case
            when size_rank = 1 then price - cast({{ from_minor_units('price_minor', 'minor_unit_exponent') }} as decimal(38, 18))
            else 0
        end as share_amount
    from ranked
),

fct_allocation_shares as (
    select
        shared.pool_id,
        contract_id,
        entity_id,
        cast(tranche_ordinal as integer) as tranche_ordinal,
        obligation_id,
        line_id,
        cast(shared.window_from_ordinal as integer) as known_from_ordinal,
        cast(window_to_ordinal as integer) as known_to_ordinal,
        source,
        cast(stated_amount as decimal(38, 18)) as stated_amount,
        cast(case when method = 'RESIDUAL' then share_amount else fallback_amount end as decimal(38, 18)) as standalone_amount,
        cast(share_amount as decimal(38, 18)) as share_amount,
        cast(price as decimal(38, 18)) as pool_price,
        cast(case when uses_residual then pool_standalone_amount + residual_amount else pool_fallback_amount end as decimal(38, 18)) as pool_standalone_amount,
        cast(member_count as integer) as member_count,
        method,
        methods as selling_price_methods,
        bundle_product_id,
        residual_refused,
        lacks_ssp and member_count > 1 and (is_off_ssp or stated_amount <= 0) as lacks_ssp,
        discount_election_id,
        is_priced_by_use,
        source <> 'usage' and (share_amount > stated_amount or is_in_package) as is_billed_with_others,
        joined.shared_from_date
    from shared
    left join joined
        on joined.pool_id = shared.pool_id
        and joined.window_from_ordinal = shared.window_from_ordinal
)

select * from fct_allocation_shares

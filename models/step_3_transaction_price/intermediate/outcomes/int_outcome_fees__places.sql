-- One row per line segment, period of outcomes, place in it and revision: the fee of the outcomes there, as that knowledge counts them.
--
-- The fee is the cost of all that stand up to here less that of those before; where the tier reached rates all of them, each bears
-- the same. What is reversed stands no more, and is taken back at the fee that it had.
with

beliefs as (
    select
        beliefs.*,
        coalesce(blended.earned_amount, beliefs.amount) as earned_amount,
        coalesce(prices.model in ('volume', 'threshold_total'), false) and not beliefs.is_blended as is_shared
    from {{ ref('int_rating_beliefs') }} as beliefs
    left join {{ ref('int_blended_beliefs') }} as blended
        on blended.run_number = beliefs.run_number
        and blended.revision = beliefs.revision
        and blended.line_segment_number = beliefs.line_segment_number
        and blended.service_ordinal = beliefs.service_ordinal
        and blended.place = beliefs.place
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = beliefs.price_version_number
        and prices.tier_number = 1
    where beliefs.place > 0
),

totalled as (
    select
        *,
        cast(sum(earned_amount) over in_all as decimal(38, 9)) as period_amount,
        sum(quantity) over in_all as period_quantity,
        sum(quantity) over (
            partition by run_number, revision, line_segment_number, service_ordinal order by place rows between unbounded preceding and current row
        ) as quantity_to_here
    from beliefs
    window in_all as (partition by run_number, revision, line_segment_number, service_ordinal)
),

shared as (
    select
        *,
        case
            when is_shared and period_quantity <> 0
                then
                    {{ share_by_weight('period_amount', 'quantity_to_here', 'period_quantity') }}
                    - {{ share_by_weight('period_amount', '(quantity_to_here - quantity)', 'period_quantity') }}
            else earned_amount
        end as fee_amount
    from totalled
),

-- One run of tiers may follow another, such as after another price.
changed as (
    select
        line_segment_number,
        service_ordinal as resolved_ordinal,
        place,
        revision,
        is_own,
        is_blended,
        fee_amount - coalesce(lag(fee_amount) over (
            partition by run_number, line_segment_number, service_ordinal, place order by revision
        ), 0) as change_amount
    from shared
),

stood as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        revision,
        sum(case measure when 'resolved' then quantity else -quantity end) as change_quantity
    from {{ ref('int_outcome_places__moves') }}
    where measure in ('resolved', 'reversed')
    group by line_segment_number, resolved_ordinal, place, revision
),

united as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        revision,
        is_own,
        is_blended,
        change_amount,
        cast(0 as decimal(38, 9)) as change_quantity
    from changed
    union all
    select
        line_segment_number,
        resolved_ordinal,
        place,
        revision,
        true as is_own,
        false as is_blended,
        0 as change_amount,
        change_quantity
    from stood
),

by_revision as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        revision,
        bool_or(is_own) as is_own,
        bool_or(is_blended) as is_blended,
        sum(sum(change_amount)) over in_order as standing_amount,
        sum(sum(change_quantity)) over in_order as standing_quantity
    from united
    group by line_segment_number, resolved_ordinal, place, revision
    window in_order as (partition by line_segment_number, resolved_ordinal, place order by revision)
),

int_outcome_fees__places as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        revision,
        is_own,
        is_blended,
        cast(coalesce(last_value(case when standing_quantity > 0 then standing_amount end ignore nulls) over (
            partition by line_segment_number, resolved_ordinal, place order by revision rows between unbounded preceding and current row
        ), 0) as decimal(38, 18)) as fee_amount
    from by_revision
)

select * from int_outcome_fees__places

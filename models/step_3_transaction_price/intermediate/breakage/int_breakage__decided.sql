{{ config(materialized='view') }} {#- read once, by the mart that keeps what changed -#}
-- One row per paid lot and close that may judge it anew: the estimates of its breakage, the one that is used, and the rule that follows (D11).
with

lots as (
    select
        lots.grant_id,
        lots.entity_id,
        lots.contract_id,
        lots.unit_code,
        lots.currency,
        lots.shares_price_of_plan,
        lots.is_trued_up,
        lots.is_short_at_end,
        terms.known_from_ordinal,
        terms.known_to_ordinal,
        terms.is_refundable,
        terms.gives_units_away,
        terms.expires_at
    from {{ ref('int_breakage__lots') }} as lots
    inner join {{ ref('fct_credit_lots') }} as terms on terms.grant_id = lots.grant_id
),

visible as (
    {{ visible_estimates(ref('int_breakage__statements'), 'grant', 'grant_id') }}
),

history as (
    select * from {{ ref('int_breakage__history') }}
),

closes as (
    select
        grant_id,
        known_from_ordinal as close_ordinal
    from lots
    union
    select
        grant_id,
        from_ordinal as close_ordinal
    from {{ ref('int_breakage__minimums') }}
    union
    select
        grant_id,
        from_ordinal as close_ordinal
    from history
    union
    select
        grant_id,
        from_ordinal as close_ordinal
    from {{ ref('int_breakage__elected') }}
    union
    select
        grant_id,
        visible_from_ordinal as close_ordinal
    from visible
    union
    select
        grant_id,
        visible_to_ordinal as close_ordinal
    from visible
    where visible_to_ordinal < 999999
),

-- The narrowest scope counts, then the estimate made last.
stated as (
    select
        closes.grant_id,
        closes.close_ordinal,
        visible.* exclude (grant_id, entity_id)
    from closes
    inner join visible
        on visible.grant_id = closes.grant_id
        and visible.visible_from_ordinal <= closes.close_ordinal
        and visible.visible_to_ordinal > closes.close_ordinal
    qualify row_number() over (
        partition by closes.grant_id, closes.close_ordinal
        order by {{ nearest_estimate('visible') }}
    ) = 1
),

joined as (
    select
        lots.*,
        closes.close_ordinal,
        stated.estimate_id,
        stated.value_unit as stated_unit,
        stated.expected_value as stated_value,
        stated.constrained_value as stated_constrained_value,
        stated.remote_value as stated_remote_value,
        history.cohort,
        history.expected_share,
        history.constrained_share,
        history.is_supported,
        used.expected_units,
        used.constrained_units,
        -- what people judged goes before what history says, of the use under a lot before that of lots like it; that needs enough of it, or the policy to rely on it
        case
            when stated.estimate_id is not null then 'management'
            when used.speaks then 'use_history'
            when history.is_supported or elected.breakage_choice = 'proportional' and history.constrained_share > 0 then 'history'
        end as used_source,
        case when lots.is_short_at_end then 'none' else coalesce(elected.breakage_choice, 'computed') end as breakage_choice,
        elected.breakage_election_id,
        coalesce(elected.escheats, false) as escheats
    from closes
    inner join lots
        on lots.grant_id = closes.grant_id
        and lots.known_from_ordinal <= closes.close_ordinal
        and lots.known_to_ordinal > closes.close_ordinal
    left join stated
        on stated.grant_id = closes.grant_id
        and stated.close_ordinal = closes.close_ordinal
    left join history
        on history.grant_id = closes.grant_id
        and history.from_ordinal <= closes.close_ordinal
        and history.to_ordinal > closes.close_ordinal
    left join {{ ref('int_breakage__minimums') }} as used
        on used.grant_id = closes.grant_id
        and used.from_ordinal <= closes.close_ordinal
        and used.to_ordinal > closes.close_ordinal
    left join {{ ref('int_breakage__elected') }} as elected
        on elected.grant_id = closes.grant_id
        and elected.from_ordinal <= closes.close_ordinal
        and elected.to_ordinal > closes.close_ordinal
),

chosen as (
    select
        *,
        case used_source when 'management' then stated_unit when 'use_history' then 'units' when 'history' then 'rate' end as value_unit,
        case used_source when 'management' then stated_value when 'use_history' then expected_units when 'history' then expected_share end as expected_value,
        case used_source when 'management' then stated_constrained_value when 'use_history' then constrained_units when 'history' then constrained_share end as constrained_value
    from joined
),

int_breakage__decided as (
    select
        *,
        case
            when is_refundable then 'D11.REFUNDABLE'
            -- credits of a plan are a service, and no balance of the customer; a minimum in arrears was not paid
            when escheats and not shares_price_of_plan and not is_trued_up then 'D11.UNCLAIMED_PROPERTY'
            -- units that move to another lot are not unused: nothing is earned of them ahead
            when breakage_choice in ('computed', 'proportional') and constrained_value > 0 and not gives_units_away then 'D11.PROPORTIONAL'
            when breakage_choice = 'remote' and stated_remote_value > 0 and not shares_price_of_plan and not gives_units_away then 'D11.REMOTE'
            when expires_at is null then 'D11.NO_EXPIRY'
            else 'D11.REMOTE_AT_EXPIRY'
        end as rule_code
    from chosen
)

select * from int_breakage__decided

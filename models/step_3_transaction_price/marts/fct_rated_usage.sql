-- One row per usage line, stretch of its contract, service period and revision: what that knowledge changed in the amount charged beyond prepaid lots.
--
-- What a lot of the contract pays for is not charged again: the charge less what was drawn.
-- Charges in credits have no price but that of the lot they draw from, and use beyond lots what the contract says of overage. Where tiers count across bills, what
-- is earned is the average of the window, not what is charged (section 3.3). Use that measures the progress of a minimum earns nothing
-- by itself: what it charges is a part of that price (section 3.5, method B). Outcomes that a policy earns are charged there: here is what
-- lots paid for them.
with

charges as (
    select
        line_id,
        line_segment_number,
        service_ordinal,
        revision,
        unit_code,
        amount,
        deferred_amount
    from {{ ref('int_usage_charges') }}
    where line_id not in (select line_id from {{ ref('int_outcome_lines') }} where draws_money_lots and not is_paid_by_money_lots)

    union all

    select
        line_id,
        line_segment_number,
        service_ordinal,
        revision,
        unit_code,
        -units as amount,
        cast(0 as decimal(38, 18)) as deferred_amount
    from {{ ref('fct_credit_draws') }}
    where taken_by = 'draw'
),

priced as (
    select * from charges
    where line_segment_number not in (select line_segment_number from {{ ref('int_overage_prices') }})
    union all by name
    select
        *,
        cast(0 as decimal(38, 18)) as deferred_amount
    from {{ ref('int_overage_charges') }}
    union all by name
    -- use of a licence that occurred and is not reported yet
    select
        *,
        cast(0 as decimal(38, 18)) as deferred_amount
    from {{ ref('int_royalty_estimates') }}
),

-- What a wallet refuses is not charged.
allowed as (
    select * from priced
    union all
    select
        priced.* replace (
            greatest(priced.revision, refusals.from_revision) as revision,
            -priced.amount as amount,
            -priced.deferred_amount as deferred_amount
        )
    from priced
    inner join {{ ref('int_wallet_refusals') }} as refusals
        on refusals.line_segment_number = priced.line_segment_number
        and refusals.currency = priced.unit_code
),

by_progress as (
    select distinct line_id
    from {{ ref('fct_minimum_uses') }}
    where is_by_progress
),

consideration as (
    select
        charges.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        coalesce(performed.stretch_from_at, timestamp '0001-01-01') as stretch_from_at,
        charges.service_ordinal,
        charges.revision,
        lines.third_party_share,
        cast(sum(charges.amount) as decimal(38, 18)) as charged_amount,
        cast(sum(case when by_progress.line_id is null then charges.amount - charges.deferred_amount else 0 end) as decimal(38, 18)) as earned_amount,
        cast(sum(case when returns.revision is null then 0 else {{ share_of_return('charges.amount') }} end) as decimal(38, 18)) as given_back_amount
    from allowed as charges
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = charges.line_id
        and lines.currency = charges.unit_code
    left join by_progress on by_progress.line_id = charges.line_id
    left join {{ ref('fct_usage_stretches') }} as performed
        on performed.line_segment_number = charges.line_segment_number
        and performed.service_ordinal = charges.service_ordinal
    left join {{ ref('fct_outcome_returns') }} as returns
        on returns.line_segment_number = charges.line_segment_number
        and returns.service_ordinal = charges.service_ordinal
        and returns.unit_code = charges.unit_code
        and returns.revision = charges.revision
    group by
        charges.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        coalesce(performed.stretch_from_at, timestamp '0001-01-01'),
        charges.service_ordinal,
        charges.revision,
        lines.third_party_share
    having
        abs(sum(charges.amount)) >= 0.00000000000000001
        or abs(sum(charges.deferred_amount)) >= 0.00000000000000001
),

fct_rated_usage as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        stretch_from_at,
        service_ordinal,
        revision,
        -- an agent's price is its commission (D14)
        cast({{ less_share('charged_amount', 'third_party_share') }} as decimal(38, 18)) as charged_amount,
        cast({{ less_share('earned_amount', 'third_party_share') }} as decimal(38, 18)) as amount,
        cast({{ less_share('given_back_amount', 'third_party_share') }} as decimal(38, 18)) as given_back_amount
    from consideration
)

select * from fct_rated_usage

-- One row per usage or outcome line at a tiered price whose charges differ from the cost of all its units, window by window, computed apart (I13).
--
-- The ledger adds up what each late or timely quantity cost where it fell; this takes the price's tiers
-- as agreed, and the units now known of each window, or of each event where that is rated alone. Lines whose price changed, is bounded or
-- discounted, or is paid from lots, are left to their own cases, and so are outcomes that earn an average. Of outcomes count
-- those that stand.
with

tiers as (
    select
        price_id,
        model in ('volume', 'threshold_total') as rates_all_units,
        coalesce(tier_scope, 'billing_period') as scope,
        coalesce(tier_from, 0) as tier_from,
        tier_to,
        coalesce(rate_amount, 0) as rate_amount,
        coalesce(rate_per_quantity, 1) as rate_per_quantity,
        coalesce(flat_amount, 0) as flat_amount
    from {{ accepted(ref('stg_prices')) }}
    where known_until_at is null and model in ('graduated', 'volume', 'threshold_total')
),

simple_prices as (
    select price_id
    from {{ accepted(ref('stg_prices')) }}
    group by price_id
    having
        count(distinct recorded_at) = 1
        and count(distinct coalesce(valid_from, timestamp '0001-01-01')) = 1
        and count(dim_1_value) + count(dim_2_value) = 0
        and max(coalesce(included_quantity, 0)) + max(coalesce(minimum_amount, 0)) = 0
        and count(maximum_amount) = 0
),

lines as (
    select
        lines.line_id,
        lines.entity_id,
        min(rates.price_id) as price_id
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_usage_rates') }} as rates on rates.line_id = lines.line_id
    where
        lines.third_party_share = 0
        and lines.line_id not in (select line_id from {{ ref('fct_credit_draws') }} where line_id is not null)
        -- of outcomes that lots pay for only what is final is charged
        and lines.line_id not in (select line_id from {{ ref('fct_outcome_policies') }} where is_paid_by_lots)
    group by lines.line_id, lines.entity_id
    having
        count(distinct rates.price_id) = 1
        and bool_and(rates.rated_by in ('quantity', 'event') and rates.next_revision = 99999999 and coalesce(rates.discount_rate, 0) = 0)
        and not bool_or(lines.line_kind = 'outcome' and (lines.currency <> rates.unit_code or {{ is_averaged('rates.not_eligible_reason') }}))
),

windows as (
    select
        lines.line_id,
        lines.entity_id,
        lines.price_id,
        scopes.scope,
        scopes.scope_from_at,
        cast(sum(usage.quantity) as decimal(38, 9)) as quantity,
        cast(1 as bigint) as times
    from lines
    inner join simple_prices on simple_prices.price_id = lines.price_id
    inner join {{ ref('fct_usage_by_period') }} as usage on usage.line_id = lines.line_id
    inner join {{ ref('fct_usage_scopes') }} as scopes on scopes.line_segment_number = usage.line_segment_number
    where scopes.scope <> 'event'
    group by all

    union all

    select
        lines.line_id,
        lines.entity_id,
        lines.price_id,
        scopes.scope,
        scopes.scope_from_at,
        cast(sum(case measures.measure when 'resolved' then measures.quantity else -measures.quantity end) as decimal(38, 9)) as quantity,
        cast(1 as bigint) as times
    from lines
    inner join simple_prices on simple_prices.price_id = lines.price_id
    inner join {{ ref('fct_outcome_measures') }} as measures
        on measures.line_id = lines.line_id
        and measures.measure in ('resolved', 'reversed')
    inner join {{ ref('fct_usage_scopes') }} as scopes on scopes.line_segment_number = measures.line_segment_number
    where scopes.scope <> 'event'
    group by all

    union all

    select
        lines.line_id,
        lines.entity_id,
        lines.price_id,
        'event' as scope,
        cast(null as timestamp) as scope_from_at,
        events.event_quantity as quantity,
        cast(sum(events.event_count) as bigint) as times
    from lines
    inner join simple_prices on simple_prices.price_id = lines.price_id
    inner join {{ ref('fct_usage_event_quantities') }} as events on events.line_id = lines.line_id
    group by all
),

-- Each unit at the rate of its tier, or all of them at that of the last tier reached (section 3.2).
costs as (
    select
        windows.line_id,
        windows.entity_id,
        sum(windows.times * (
            tiers.flat_amount
            + {{ share_by_weight('tiers.rate_amount', '(case when tiers.rates_all_units then windows.quantity else least(windows.quantity, coalesce(tiers.tier_to, windows.quantity)) - tiers.tier_from end)', 'tiers.rate_per_quantity') }}
        )) as amount
    from windows
    inner join tiers
        on tiers.price_id = windows.price_id
        and tiers.scope = windows.scope
        and tiers.tier_from < windows.quantity
        and (not tiers.rates_all_units or coalesce(tiers.tier_to, windows.quantity) >= windows.quantity)
    group by windows.line_id, windows.entity_id
),

charged as (
    select
        line_id,
        sum(charged_amount) as amount
    from {{ ref('fct_rated_usage') }}
    group by line_id

    union all

    select
        line_id,
        sum(case measure when 'resolved' then amount else -amount end) as amount
    from {{ ref('fct_outcome_fees') }}
    where measure in ('resolved', 'reversed')
    group by line_id
),

chk_tiers_rate_the_whole as (
    select
        'chk_tiers_rate_the_whole' as control_code,
        '*' as book,
        costs.entity_id,
        cast(null as varchar) as period_id,
        costs.line_id as subject,
        cast(costs.amount as decimal(38, 18)) as expected_amount,
        cast(coalesce(charged.amount, 0) as decimal(38, 18)) as actual_amount
    from costs
    left join charged on charged.line_id = costs.line_id
    -- dust of a few 10^-18 per row may lie between a product of totals and a sum of products
    where abs(costs.amount - coalesce(charged.amount, 0)) > 0.000000000001
)

select * from chk_tiers_rate_the_whole

-- One row per usage line on whose use still to come revenue depends, and close within the window of its tiers or its minimum: what is asked of a forecast of it (D6).
--
-- Where the right to invoice holds nobody asks (I23), unless a minimum may fall short. Of a line with several prices
-- that average use no use is told apart. One forecast answers one window: that of the tiers goes first.
with

windows as (
    select distinct
        rates.line_id,
        rates.entity_id,
        rates.price_id,
        prices.dim_1_value,
        prices.dim_2_value,
        rates.known_from_ordinal,
        rates.next_revision,
        scopes.scope_from_at,
        scopes.scope_to_at
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = rates.line_id
        and lines.currency = rates.unit_code
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = rates.price_version_number
        and prices.tier_number = 1
    inner join {{ ref('fct_usage_scopes') }} as scopes
        on scopes.line_segment_number = rates.line_segment_number
        and scopes.scope = prices.scope
    where {{ is_averaged('rates.not_eligible_reason') }}
),

tiers as (
    select
        windows.entity_id,
        windows.line_id,
        periods.period_ordinal as close_ordinal,
        -- of a period that still runs nobody knows what is used in it
        cast(periods.period_ordinal - case when periods.is_flash then 1 else 0 end as integer) as seen_ordinal,
        max(windows.scope_to_at) as window_to_at,
        count(distinct windows.price_id || '|' || coalesce(windows.dim_1_value, '') || '|' || coalesce(windows.dim_2_value, '')) as price_count
    from windows
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = windows.entity_id
        and periods.has_begun
        and periods.period_ordinal >= windows.known_from_ordinal
        and periods.period_ordinal * 10 + {{ family('estimate') }} < windows.next_revision
        and periods.end_at > windows.scope_from_at
        and (periods.end_at < windows.scope_to_at or periods.is_flash and periods.start_at < windows.scope_to_at)
    group by windows.entity_id, windows.line_id, periods.period_ordinal, periods.is_flash
    having count(distinct windows.scope_to_at) = 1
),

minimums as (
    select distinct
        entity_id,
        line_id,
        close_ordinal,
        seen_ordinal,
        expires_at as window_to_at
    from {{ ref('int_forecasts__minimums') }}
    where rate_whole is not null
),

closes as (
    select
        entity_id,
        line_id,
        close_ordinal,
        seen_ordinal,
        window_to_at
    from tiers
    where price_count = 1

    union all

    select minimums.*
    from minimums
    left join tiers
        on tiers.line_id = minimums.line_id
        and tiers.close_ordinal = minimums.close_ordinal
    where tiers.line_id is null
),

int_forecasts__asked as (
    select
        closes.entity_id,
        closes.line_id,
        closes.close_ordinal,
        closes.seen_ordinal,
        closes.window_to_at,
        cast(least(ends.period_ordinal + {{ passed_of_period('ends', 'closes.window_to_at') }}, lines.served_to) as decimal(18, 9)) as ahead_to,
        policies.forecast_min_lines as min_lines,
        policies.constraint_history_months as history_months,
        policies.forecast_missed_share as max_missed
    from closes
    inner join {{ ref('int_forecasts__lines') }} as lines
        on lines.line_id = closes.line_id
        and lines.known_from_ordinal <= closes.close_ordinal
        and lines.known_to_ordinal > closes.close_ordinal
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = closes.entity_id
        and policies.from_ordinal <= closes.close_ordinal
        and policies.to_ordinal > closes.close_ordinal
    {{ join_period_of('ends', 'closes.entity_id', 'closes.window_to_at') }}
)

select * from int_forecasts__asked

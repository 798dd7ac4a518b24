-- One row per run of tiers that count across bills, revision, usage line segment and service period: what is earned there (section 3.3).
--
-- Tiers that count across bills make use variable consideration that no increment bears alone (D4,
-- 32-40): each unit earns the average of all units of the window, those known and those expected. What
-- is known to be used is no longer estimated. Without a forecast only actuals count (D6): what is
-- charged, and at most the lowest rate where a tier still to be reached would rate all units again.
with

beliefs as (
    select
        *,
        sum(quantity) over whole_window as total_quantity,
        sum(amount) over whole_window as total_amount,
        -- the price of what is still to come
        max_by(price_version_number, case when price_version_number is not null then segment_from_at end) over whole_window as last_version_number
    from {{ ref('int_rating_beliefs') }}
    where is_blended
    window whole_window as (partition by run_number, revision, scope_from_at)
),

lowest_rates as (
    select
        price_version_number,
        min_by(rate_whole, rate_whole) as rate_whole,
        min_by(rate_rest, rate_whole) as rate_rest,
        bool_or(tier_number > 1 and counted_from = 0 and rate_whole > 0) as is_retroactive
    from {{ ref('int_price_steps') }}
    group by price_version_number
),

forecasted as (
    select
        beliefs.*,
        periods.end_at >= beliefs.scope_to_at and beliefs.scope_to_at <= run.as_of as is_over,
        forecasts.units + sum(case when beliefs.service_ordinal < forecasts.from_ordinal then beliefs.quantity else 0 end) over (
            partition by beliefs.run_number, beliefs.revision, beliefs.scope_from_at
        ) as forecast_quantity
    from beliefs
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = beliefs.entity_id
        and periods.period_ordinal = {{ int_div('beliefs.revision', '10') }}
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    left join {{ ref('int_rating_forecasts') }} as forecasts
        on forecasts.line_id = beliefs.line_id
        and forecasts.from_revision <= beliefs.revision
        and forecasts.to_revision > beliefs.revision
        and coalesce(forecasts.to_at, beliefs.scope_to_at) <= beliefs.scope_to_at
        and coalesce(forecasts.to_at, beliefs.scope_to_at) > beliefs.scope_from_at
        and coalesce(forecasts.from_at, forecasts.as_of_date) < beliefs.scope_to_at
    qualify row_number() over (
        partition by beliefs.run_number, beliefs.revision, beliefs.line_segment_number, beliefs.service_ordinal
        order by forecasts.as_of_date desc nulls last, forecasts.recorded_at desc
    ) = 1
),

expected as (
    select
        *,
        cast(case
            when is_over then total_quantity
            when forecast_quantity is not null then greatest(total_quantity, forecast_quantity)
        end as decimal(38, 9)) as whole_quantity
    from forecasted
),

units as (
    select
        expected.*,
        {{ rateable_units('expected.whole_quantity', 'prices') }} as units_in_all,
        {{ rateable_units('expected.total_quantity', 'prices') }} as units_known
    from expected
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = expected.last_version_number
        and prices.tier_number = 1
),

valued as (
    select
        units.*,
        cast(
            units.total_amount
            + {{ less_share(
                'cast(' ~ amount_in_step('units.units_in_all', 'step_in_all') ~ ' - ' ~ amount_in_step('units.units_known', 'step_known') ~ ' as decimal(38, 18))',
                'units.discount_rate',
            ) }} as decimal(38, 18)
        ) as whole_amount
    from units
    left join {{ ref('int_price_steps') }} as step_in_all
        on step_in_all.price_version_number = units.last_version_number
        and step_in_all.tier_from < units.units_in_all
        and coalesce(step_in_all.tier_to, units.units_in_all) >= units.units_in_all
    left join {{ ref('int_price_steps') }} as step_known
        on step_known.price_version_number = units.last_version_number
        and step_known.tier_from < units.units_known
        and coalesce(step_known.tier_to, units.units_known) >= units.units_known
),

averaged as (
    {{ with_ratio('valued', 'whole_amount', 'coalesce(whole_quantity, 0)') }}
),

int_blended_beliefs as (
    select
        averaged.run_number,
        averaged.revision,
        averaged.line_segment_number,
        averaged.service_ordinal,
        averaged.is_own,
        averaged.whole_quantity,
        averaged.amount as charged_amount,
        cast(case
            when averaged.whole_quantity > 0
                then {{ spread_at_ratio('averaged.whole_amount', 'averaged.quantity', 'averaged.counted_quantity', 'averaged.whole_quantity') }}
            when averaged.whole_quantity is null and lowest_rates.is_retroactive
                then {{ less_share(amount_at_rate('averaged.quantity', 'lowest_rates.rate_whole', 'lowest_rates.rate_rest'), 'averaged.discount_rate') }}
            else averaged.amount
        end as decimal(38, 18)) as earned_amount
    from averaged
    left join lowest_rates on lowest_rates.price_version_number = averaged.price_version_number
)

select * from int_blended_beliefs

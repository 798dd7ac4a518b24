-- One row per run of tiers that count across bills, revision, window of the tiers and scenario of its use: what all units cost in it (section 3.3).
--
-- Each scenario is pushed through the price as it is: what is expected of a function is not the function of what is
-- expected. What is known to be used is no longer estimated. Compared are averages: what the units expected earn at each.
with

scenarios as (
    select
        windows.window_id,
        windows.total_quantity,
        windows.total_amount,
        windows.last_version_number,
        windows.last_discount_rate,
        case when windows.is_over then 1 else scenarios.scenario_no end as scenario_no,
        case when windows.is_over then cast(1 as decimal(10, 9)) else scenarios.probability end as probability,
        case
            when windows.is_over then windows.total_quantity
            else cast(greatest(windows.total_quantity, windows.quantity_before + scenarios.units) as decimal(38, 9))
        end as whole_quantity
    from {{ ref('int_blended_windows') }} as windows
    left join {{ ref('int_rating_scenarios') }} as scenarios
        on scenarios.estimate_id = windows.estimate_id
        and scenarios.recorded_at = windows.recorded_at
        and not windows.is_over
    where windows.is_over or scenarios.estimate_id is not null
),

units as (
    select
        scenarios.*,
        cast(sum(cast(scenarios.whole_quantity as decimal(28, 9)) * scenarios.probability) over (partition by scenarios.window_id) as decimal(38, 9)) as expected_quantity,
        {{ rateable_units('scenarios.whole_quantity', 'prices') }} as units_in_all,
        {{ rateable_units('scenarios.total_quantity', 'prices') }} as units_known
    from scenarios
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = scenarios.last_version_number
        and prices.tier_number = 1
),

valued as (
    select
        units.*,
        cast(
            units.total_amount
            + {{ less_share(
                'cast(' ~ amount_in_step('units.units_in_all', 'step_in_all') ~ ' - ' ~ amount_in_step('units.units_known', 'step_known') ~ ' as decimal(38, 18))',
                'units.last_discount_rate',
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

int_blended_outcomes as (
    select
        window_id,
        scenario_no,
        probability,
        whole_quantity,
        whole_amount,
        expected_quantity,
        case
            when whole_quantity = expected_quantity then whole_amount
            else coalesce({{ share_by_weight('cast(whole_amount as decimal(38, 9))', 'expected_quantity', 'whole_quantity') }}, 0)
        end as expected_amount
    from valued
)

select * from int_blended_outcomes

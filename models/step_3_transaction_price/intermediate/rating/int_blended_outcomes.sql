-- One row per run of tiers that count across bills, revision, window of the tiers and scenario of its use: what all units cost in it (section 3.3).
--
-- Each scenario is pushed through the price as it is: what is expected of a function is not the function of what is
-- expected. What is known to be used is no longer estimated. Compared are averages: what the units expected earn at each.
with

-- what is used up to here is the same in each scenario
known as (
    select
        windows.*,
        prices.included_quantity,
        prices.package_size,
        prices.package_rounding,
        {{ rateable_units('windows.total_quantity', 'prices') }} as units_known
    from {{ ref('int_blended_windows') }} as windows
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = windows.last_version_number
        and prices.tier_number = 1
    where windows.is_over or windows.estimate_id is not null
),

charged as (
    select
        known.*,
        {{ amount_in_step('known.units_known', 'step_known') }} as amount_known
    from known
    left join {{ ref('int_price_steps') }} as step_known
        on step_known.price_version_number = known.last_version_number
        and step_known.tier_from < known.units_known
        and coalesce(step_known.tier_to, known.units_known) >= known.units_known
),

scenarios as (
    select
        charged.*,
        case when charged.is_over then 1 else scenarios.scenario_no end as scenario_no,
        case when charged.is_over then cast(1 as decimal(10, 9)) else scenarios.probability end as probability,
        case
            when charged.is_over then charged.total_quantity
            else cast(greatest(charged.total_quantity, charged.quantity_before + scenarios.units) as decimal(38, 9))
        end as whole_quantity
    from charged
    left join {{ ref('int_rating_scenarios') }} as scenarios
        on scenarios.estimate_id = charged.estimate_id
        and scenarios.recorded_at = charged.recorded_at
        and not charged.is_over
    where charged.is_over or scenarios.estimate_id is not null
),

units as (
    select
        *,
        cast(sum(cast(whole_quantity as decimal(28, 9)) * probability) over (partition by window_id) as decimal(38, 9)) as expected_quantity,
        {{ rateable_units('whole_quantity', 'scenarios') }} as units_in_all
    from scenarios
),

added as (
    select
        units.*,
        cast({{ amount_in_step('units.units_in_all', 'step_in_all') }} - units.amount_known as decimal(38, 18)) as added_amount
    from units
    left join {{ ref('int_price_steps') }} as step_in_all
        on step_in_all.price_version_number = units.last_version_number
        and step_in_all.tier_from < units.units_in_all
        and coalesce(step_in_all.tier_to, units.units_in_all) >= units.units_in_all
),

valued as (
    select
        window_id,
        scenario_no,
        probability,
        whole_quantity,
        expected_quantity,
        cast(total_amount + {{ less_share('added_amount', 'last_discount_rate') }} as decimal(38, 18)) as whole_amount
    from added
),

averaged as (
    {{ with_ratio('valued', 'whole_amount', 'whole_quantity') }}
),

expected as (
    select
        *,
        {{ share_at_ratio('expected_quantity') }} as amount_at_average
    from averaged
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
            else amount_at_average
        end as expected_amount
    from expected
)

select * from int_blended_outcomes

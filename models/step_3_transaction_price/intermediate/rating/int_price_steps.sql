-- One row per price version and tier: what quantities that reach the tier cost (section 3.2).
--
-- Amount of a quantity = amount_before + rate x (quantity - counted_from). Tiers that each rate their own units
-- start from the cost of those below; where the tier reached rates all units (volume), or states their
-- total (threshold_total), nothing below it counts.
{%- set per_unit = two_parts(billionths('coalesce(rate_amount, 0)'), billionths('units_per_rate')) %}
with

tiers as (
    select
        *,
        coalesce(package_size, rate_per_quantity) as units_per_rate
    from {{ ref('int_price_tiers') }}
    where not is_plain_rate and model not in ('flat', 'as_rated')
),

rates as (
    select
        *,
        {{ per_unit[0] }} as rate_whole,
        {{ per_unit[1] }} as rate_rest
    from tiers
),

costs as (
    select
        *,
        model in ('volume', 'threshold_total') as rates_all_units,
        flat_amount + coalesce({{ amount_at_rate('tier_to - tier_from', 'rate_whole', 'rate_rest') }}, 0) as whole_tier_amount
    from rates
),

int_price_steps as (
    select
        price_version_number,
        tier_number,
        tier_from,
        tier_to,
        case when rates_all_units then cast(0 as decimal(38, 9)) else tier_from end as counted_from,
        cast(case
            when rates_all_units then flat_amount
            else flat_amount + coalesce(sum(whole_tier_amount) over (
                partition by price_version_number order by tier_number rows between unbounded preceding and 1 preceding
            ), 0)
        end as decimal(38, 18)) as amount_before,
        cast(rate_whole as decimal(38, 0)) as rate_whole,
        cast(rate_rest as decimal(38, 0)) as rate_rest
    from costs
)

select * from int_price_steps

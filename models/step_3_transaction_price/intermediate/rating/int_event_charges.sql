-- One row per usage line segment, unit, service period and revision: what that knowledge changed in charges at prices that rate each event alone.
--
-- Nothing counts across events (tier scope `event`): tiers, free units, packages, a flat amount, a minimum and a
-- maximum are those of one event. Events of one quantity cost the same, so they are charged together and
-- nothing is rounded event by event (section 3.2).
with

counted as (
    select
        usage.line_id,
        usage.contract_id,
        usage.entity_id,
        usage.line_segment_number,
        usage.segment_from_at,
        usage.service_ordinal,
        rates.unit_code,
        coalesce(rates.discount_rate, 0) as discount_rate,
        greatest(rates.revision, {{ usage_revision('usage') }}) as from_revision,
        rates.next_revision as to_revision,
        usage.event_count,
        prices.price_version_number,
        prices.minimum_amount,
        prices.maximum_amount,
        case when prices.model = 'flat' then coalesce(nullif(prices.flat_amount, 0), prices.rate_amount) end as flat_amount,
        {{ rateable_units('usage.event_quantity', 'prices') }} as units
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('fct_usage_event_quantities') }} as usage
        on usage.line_segment_number = rates.line_segment_number
        and usage.dim_1_value is not distinct from rates.dim_1_value
        and usage.dim_2_value is not distinct from rates.dim_2_value
        and rates.next_revision > {{ usage_revision('usage') }}
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = rates.price_version_number
        and prices.tier_number = 1
    where rates.rated_by = 'event'
),

rated as (
    select
        counted.*,
        coalesce(counted.flat_amount, {{ amount_in_step('counted.units', 'steps') }}) as amount_of_one,
        coalesce(
            counted.flat_amount * counted.event_count,
            steps.amount_before * counted.event_count
            + {{ amount_at_rate('(counted.units - steps.counted_from) * counted.event_count', 'steps.rate_whole', 'steps.rate_rest') }},
            0
        ) as amount_of_all
    from counted
    left join {{ ref('int_price_steps') }} as steps
        on steps.price_version_number = counted.price_version_number
        and steps.tier_from < counted.units
        and coalesce(steps.tier_to, counted.units) >= counted.units
),

bounded as (
    select
        *,
        cast(case
            when amount_of_one < minimum_amount then minimum_amount * event_count
            when amount_of_one > maximum_amount then maximum_amount * event_count
            else amount_of_all
        end as decimal(38, 18)) as charged_amount
    from rated
),

valued as (
    select
        *,
        {{ less_share('charged_amount', 'discount_rate') }} as amount
    from bounded
),

{{ changes_of_charges('valued') }},

int_event_charges as (
    select * from changed
)

select * from int_event_charges

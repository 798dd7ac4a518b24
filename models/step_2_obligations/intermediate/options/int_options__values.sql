-- One row per option line and version of its terms: what it saves the customer if it is exercised.
--
-- The price of an option product is stated as if exercised. Else the saving is the price that a
-- customer of this class pays without the option less the price under it: what everybody gets off
-- is no right (ASC 606-10-55-42, IFRS 15.B40). Whether it will be exercised is not asked here.
with

options as (
    select * from {{ ref('int_options__terms') }}
),

expected_use as (
    select
        options.line_id,
        max_by(estimates.value, estimates.recorded_at) as units
    from options
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.book = '*'
        and estimates.scope_type = 'line'
        and estimates.scope_id = options.line_id
        and estimates.scenario_no = 1
    {{ join_known_period('known', 'options.entity_id', 'estimates.recorded_at') }}
    where known.period_ordinal <= options.inception_ordinal
    group by options.line_id
),

priced as (
    select
        options.*,
        coalesce(expected_use.units, options.quantity, 1) as units,
        prices.class_rate,
        prices.class_per,
        prices.list_rate,
        prices.list_per
    from options
    inner join {{ ref('int_options__prices') }} as prices
        on prices.line_id = options.line_id
        and prices.known_from_ordinal = options.known_from_ordinal
    left join expected_use on expected_use.line_id = options.line_id
),

valued as (
    select
        *,
        {{ share_of('cast(class_rate as decimal(38, 18))', millionths('units'), millionths('class_per')) }} as class_amount,
        {{ share_of('cast(list_rate as decimal(38, 18))', millionths('units'), millionths('list_per')) }} as list_amount
    from priced
),

under_option as (
    select
        *,
        case
            when discount_rate is not null
                then {{ share_of('list_amount', 'cast((1 - discount_rate) * 1000000000 as ' ~ wide_integer() ~ ')', '1000000000') }}
            when price_id is not null then list_amount
            else cast(fixed_amount as decimal(38, 18))
        end as option_amount
    from valued
),

int_options__values as (
    select
        * exclude (class_rate, class_per, list_rate, list_per),
        case
            -- an option that nothing says a price of, or none
            when service_line_id is not null then null
            when class_amount is null and discount_rate is null then null
            when product_kind = 'option' and class_amount is not null then class_amount
            -- without a price for the class nobody else gets anything off
            else coalesce(class_amount, list_amount) - option_amount
        end as value_as_exercised
    from under_option
)

select * from int_options__values

-- One row per option line and version of its terms: what it saves the customer if it is exercised.
--
-- The price of an option product is stated as if exercised. Else the saving is the price that a
-- customer of this class pays without the option less the price under it: what everybody gets off
-- is no right (ASC 606-10-55-42, IFRS 15.B40). Whether it will be exercised is not asked here.
with

options as (
    select * from {{ ref('int_options__terms') }}
),

offered as (
    select
        options.line_id,
        options.known_from_ordinal,
        prices.rate_amount,
        prices.rate_per_quantity,
        case prices.scope_type
            when 'line' then 1
            when 'contract' then 2
            when 'customer' then 3
            when 'product' then 4
            when 'customer_class' then 5
            when 'jurisdiction' then 6
            when 'entity' then 7
            else 8
        end as nearness,
        coalesce(prices.quantity_from, 0) as quantity_from,
        prices.valid_from,
        prices.recorded_at
    from options
    inner join {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
        on prices.product_id = options.product_id
        and prices.currency = options.currency
        and prices.rate_amount is not null
        and coalesce(prices.quantity_from, 0) <= coalesce(options.quantity, 1)
        and coalesce(prices.valid_from <= options.agreed_at, true)
        and coalesce(prices.valid_to > options.agreed_at, true)
        and (
            coalesce(prices.scope_type, 'global') = 'global'
            or prices.scope_type = 'entity' and prices.scope_id = options.entity_id
            or prices.scope_type = 'jurisdiction' and prices.scope_id = options.jurisdiction
            or prices.scope_type = 'customer_class' and prices.scope_id = options.customer_class
            or prices.scope_type = 'product' and prices.scope_id = options.product_id
            or prices.scope_type = 'customer' and prices.scope_id = options.customer_id
            or prices.scope_type = 'contract' and prices.scope_id = options.contract_id
            or prices.scope_type = 'line' and prices.scope_id = options.line_id
        )
    {{ join_known_period('known', 'options.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'options.entity_id', 'prices.known_until_at') }}
    where
        known.period_ordinal <= options.inception_ordinal
        and coalesce(replaced.period_ordinal, 999999) > options.inception_ordinal
),

-- The price of the customer's own class, and the list price: that of everybody.
class_prices as (
    select *
    from offered
    qualify row_number() over (
        partition by line_id, known_from_ordinal
        order by nearness, quantity_from desc, valid_from desc nulls last, recorded_at desc
    ) = 1
),

list_prices as (
    select *
    from offered
    where nearness = 8
    qualify row_number() over (
        partition by line_id, known_from_ordinal
        order by quantity_from desc, valid_from desc nulls last, recorded_at desc
    ) = 1
),

-- A rate of the price that the option cites.
cited_prices as (
    select
        options.line_id,
        options.known_from_ordinal,
        prices.rate_amount,
        prices.rate_per_quantity
    from options
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = options.price_id
        and prices.unit_code = options.currency
        and prices.rate_amount is not null
        and coalesce(prices.valid_from <= options.from_at, true)
        and coalesce(prices.valid_to > options.from_at, true)
    {{ join_known_period('known', 'options.entity_id', 'prices.recorded_at') }}
    where known.period_ordinal <= options.inception_ordinal
    qualify row_number() over (
        partition by options.line_id, options.known_from_ordinal
        order by coalesce(prices.tier_no, 1), prices.valid_from desc nulls last, prices.recorded_at desc
    ) = 1
),

expected_use as (
    select
        options.line_id,
        max_by(estimates.value, estimates.recorded_at) as units
    from options
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
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
        class_prices.rate_amount as class_rate,
        class_prices.rate_per_quantity as class_per,
        -- the share that is left to pay is off the cited price, else off the list
        coalesce(cited_prices.rate_amount, list_prices.rate_amount, class_prices.rate_amount) as list_rate,
        coalesce(cited_prices.rate_per_quantity, list_prices.rate_per_quantity, class_prices.rate_per_quantity) as list_per
    from options
    left join class_prices
        on class_prices.line_id = options.line_id
        and class_prices.known_from_ordinal = options.known_from_ordinal
    left join list_prices
        on list_prices.line_id = options.line_id
        and list_prices.known_from_ordinal = options.known_from_ordinal
    left join cited_prices
        on cited_prices.line_id = options.line_id
        and cited_prices.known_from_ordinal = options.known_from_ordinal
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
            -- an option that nothing says a price of
            when class_amount is null and discount_rate is null then null
            when product_kind = 'option' and class_amount is not null then class_amount
            -- without a price for the class nobody else gets anything off
            else coalesce(class_amount, list_amount) - option_amount
        end as value_as_exercised
    from under_option
)

select * from int_options__values

-- One row per option line and version of its terms: the price of the customer's class, the list price and the price that the option cites.
--
-- As known when the option was agreed, and as it held then.
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
        {{ segment_nearness('prices') }} as nearness,
        coalesce(prices.scope_type, 'global') = 'global' as is_list,
        coalesce(prices.quantity_from, 0) as quantity_from,
        prices.valid_from,
        prices.recorded_at
    from options
    inner join {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
        on prices.product_id = options.product_id
        and prices.currency = options.currency
        and prices.rate_amount is not null
        and coalesce(prices.quantity_from, 0) <= coalesce(options.quantity, 1)
        and coalesce({{ instant('valid_from', 'options.time_zone', 'prices') }} <= options.agreed_at, true)
        and coalesce({{ instant('valid_to', 'options.time_zone', 'prices') }} > options.agreed_at, true)
        and {{ segment_applies('prices', 'options', {
            'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
            'customer_class': 'customer_class', 'entity': 'entity_id',
        }) }}
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
        order by nearness asc, quantity_from desc, valid_from desc nulls last, recorded_at desc
    ) = 1
),

list_prices as (
    select *
    from offered
    where is_list
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
        and coalesce({{ instant('valid_from', 'options.time_zone', 'prices') }} <= options.from_at, true)
        and coalesce({{ instant('valid_to', 'options.time_zone', 'prices') }} > options.from_at, true)
    {{ join_known_period('known', 'options.entity_id', 'prices.recorded_at') }}
    where known.period_ordinal <= options.inception_ordinal
    qualify row_number() over (
        partition by options.line_id, options.known_from_ordinal
        order by coalesce(prices.tier_no, 1), prices.valid_from desc nulls last, prices.recorded_at desc
    ) = 1
),

int_options__prices as (
    select
        options.line_id,
        options.known_from_ordinal,
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
)

select * from int_options__prices

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
        order by nearness asc, quantity_from desc, valid_from desc nulls last, recorded_at desc
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

-- One row per sale of a product alone and stratum it is evidence for: the price of a unit.
--
-- A contract of one line sells its product alone. What was sold together, at a discount or for
-- nothing says nothing of the price alone. Each sale counts for all customers and for its class.
{%- set thresholds = {'share': 'ssp_range_share', 'width': 'ssp_range_width', 'sales': 'ssp_min_sales'} %}
with

alone as (
    select contract_id
    from {{ ref('int_lines__promises') }}
    group by contract_id
    having count(*) = 1
),

fees as (
    select
        entity_id,
        customer_id,
        product_id,
        currency,
        line_id,
        priced_at,
        {{ from_attos(int_div(
            billionths('stated_amount') ~ ' * 1000000000000000000 * time_whole',
            billionths('quantity') ~ ' * time_part',
        )) }} as unit_price
    from {{ ref('int_line_purchases') }}
    where
        contract_id in (select contract_id from alone)
        and contract_event_id is null
        and known_to_ordinal = 999999
        and stated_amount > 0
        and quantity > 0
),

usage as (
    select
        promises.entity_id,
        promises.customer_id,
        promises.product_id,
        promises.currency,
        promises.line_id,
        promises.service_start_at as priced_at,
        {{ from_attos(int_div(
            billionths('prices.rate_amount') ~ ' * (1000000000 - ' ~ billionths('coalesce(lines.discount_rate, 0)') ~ ') * 1000000000',
            billionths('coalesce(prices.rate_per_quantity, 1)'),
        )) }} as unit_price
    from {{ ref('int_lines__promises') }} as promises
    inner join alone on alone.contract_id = promises.contract_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on lines.line_id = promises.line_id
        and lines.modified_by_event_id is null
        and lines.known_until_at is null
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = promises.entity_id
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = promises.price_id
        and prices.unit_code = promises.currency
        and prices.known_until_at is null
        and prices.model = 'unit'
        and prices.rate_amount > 0
        and coalesce({{ instant('valid_from', 'entities.time_zone', 'prices') }}, timestamp '0001-01-01') <= promises.service_start_at
        and coalesce({{ instant('valid_to', 'entities.time_zone', 'prices') }}, timestamp '9999-12-31') > promises.service_start_at
    where promises.pattern in {{ patterns_by_count() }}
    -- a price of several rates is no one price
    qualify count(*) over (partition by promises.line_id) = 1
),

sales as (
    select * from fees
    union all
    select * from usage
),

strata as (
    select
        sales.*,
        'global' as stratum_type,
        '*' as stratum
    from sales

    union all

    select
        sales.*,
        'customer_class' as stratum_type,
        customers.customer_class as stratum
    from sales
    inner join {{ ref('dim_customers') }} as customers
        on customers.customer_id = sales.customer_id
        and customers.customer_class is not null
),

elected as (
    {{ elections_of(thresholds.values() | list, ref('dim_entities'), 'entity_id', {'entity': 'entity_id'}) }}
),

-- What counts as enough, and as close together, is read as it is now elected: evidence changes no price by itself.
asked as (
    select
        entities.entity_id,
        topics.topic,
        coalesce(elected.value, cast(topics.default_choice as decimal(38, 9))) as value
    from {{ ref('dim_entities') }} as entities
    inner join {{ ref('policy_topics') }} as topics
        on topics.topic in ('{{ thresholds.values() | join("', '") }}')
    left join elected
        on elected.entity_id = entities.entity_id
        and elected.topic = topics.topic
        and elected.replaced_ordinal = 999999
    qualify row_number() over (
        partition by entities.entity_id, topics.topic order by {{ nearest_election('elected') }}
    ) = 1
),

thresholds as (
    select
        {%- for name, topic in thresholds.items() %}
            max(case topic when '{{ topic }}' then value end) as asked_{{ name }},
        {%- endfor %}
        entity_id
    from asked
    group by entity_id
),

int_standalone_sales as (
    select
        strata.entity_id,
        strata.product_id,
        strata.currency,
        strata.stratum_type,
        strata.stratum,
        strata.line_id,
        strata.customer_id,
        strata.unit_price,
        thresholds.* exclude (entity_id)
    from strata
    left join thresholds on thresholds.entity_id = strata.entity_id
    where strata.unit_price > 0
)

select * from int_standalone_sales

-- One row per priced line, close and entry of the book of standalone selling prices that could price it.
--
-- The book as each close knew it: an entry holds on the date on which the line is priced, for the
-- line's currency, for a segment that the line belongs to and for a band that its quantity reaches.
with

purchases as (
    select * from {{ ref('int_line_purchases') }}
),

customers as (
    select distinct
        customer_id,
        entity_id
    from purchases
),

-- Who the customer was when the line was agreed, as its first close knew it.
customer_versions as (
    select
        customers.entity_id,
        versions.customer_id,
        versions.customer_class,
        versions.jurisdiction,
        coalesce({{ instant('valid_from', 'entities.time_zone', 'versions') }}, timestamp '0001-01-01') as valid_from_at,
        versions.recorded_at,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_customers')) }} as versions
    inner join customers on customers.customer_id = versions.customer_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = customers.entity_id
    {{ join_known_period('known', 'customers.entity_id', 'versions.recorded_at') }}
    {{ join_known_period('replaced', 'customers.entity_id', 'versions.known_until_at') }}
),

placed as (
    select
        purchases.*,
        customer_versions.customer_class,
        customer_versions.jurisdiction
    from purchases
    left join customer_versions
        on customer_versions.customer_id = purchases.customer_id
        and customer_versions.entity_id = purchases.entity_id
        and customer_versions.known_from_ordinal <= purchases.known_from_ordinal
        and customer_versions.known_to_ordinal > purchases.known_from_ordinal
        and customer_versions.valid_from_at <= purchases.priced_at
    qualify row_number() over (
        partition by purchases.line_id, purchases.contract_event_id, purchases.known_from_ordinal
        order by customer_versions.valid_from_at desc nulls last, customer_versions.recorded_at desc
    ) = 1
),

book as (
    select
        prices.*,
        entities.entity_id,
        coalesce({{ instant('valid_from', 'entities.time_zone', 'prices') }}, timestamp '0001-01-01') as valid_from_at,
        coalesce({{ instant('valid_to', 'entities.time_zone', 'prices') }}, timestamp '9999-12-31') as valid_to_at,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
    cross join {{ ref('dim_entities') }} as entities
    {{ join_known_period('known', 'entities.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'entities.entity_id', 'prices.known_until_at') }}
),

int_line_selling_prices__matches as (
    select
        placed.*,
        book.ssp_id,
        book.method,
        book.rate_amount,
        book.rate_per_quantity,
        -- a point without a range is its own range; what is residual has only the range that is given
        coalesce(book.range_low, case when book.method <> 'residual' then book.rate_amount end) as range_low,
        coalesce(book.range_high, case when book.method <> 'residual' then book.rate_amount end) as range_high,
        book.valid_from_at,
        book.valid_to_at,
        book.recorded_at as price_recorded_at,
        coalesce(book.quantity_from, 0) as quantity_from,
        greatest(placed.known_from_ordinal, book.known_from_ordinal) as holds_from_ordinal,
        least(placed.known_to_ordinal, book.known_to_ordinal) as holds_to_ordinal,
        {{ segment_nearness('book') }} as nearness
    from placed
    inner join book
        on book.product_id = placed.product_id
        and book.currency = placed.currency
        and book.entity_id = placed.entity_id
        and coalesce(
            book.valid_from_at <= placed.priced_at
            and coalesce(book.quantity_from, 0) <= placed.quantity
            and book.known_from_ordinal < placed.known_to_ordinal
            and book.known_to_ordinal > placed.known_from_ordinal
            and {{ segment_applies('book', 'placed', {
                'entity': 'entity_id', 'customer_class': 'customer_class', 'product': 'product_id', 'customer': 'customer_id',
                'contract': 'contract_id', 'line': 'line_id', 'contract_event': 'contract_event_id',
            }) }},
            false
        )
    where book.known_from_ordinal < book.known_to_ordinal
)

select * from int_line_selling_prices__matches

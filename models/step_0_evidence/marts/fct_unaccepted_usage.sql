-- One row per usage event that was held or rejected: what it would be worth at list price, where a price can be told.
with

events as (
    select
        input_row,
        meter_id,
        line_id,
        contract_id,
        customer_id,
        dim_1_value,
        dim_2_value,
        quantity,
        rated_amount,
        rated_currency
    from {{ ref('int_usage_events__set_aside') }}
    where
        row_state in ('held', 'rejected')
        -- nothing is at stake in a test, and what is not known yet is not held up
        and reason_code not in ('TEST_MODE', 'NOT_YET_KNOWN')
        and not is_retracted

    union all

    select
        input_row,
        meter_id,
        line_id,
        contract_id,
        customer_id,
        dim_1_value,
        dim_2_value,
        quantity,
        rated_amount,
        rated_currency
    from {{ ref('int_usage_events__unrouted') }}
    where not is_withdrawn
),

lines as (
    select
        terms.line_id,
        terms.contract_id,
        places.customer_id,
        terms.meter_id,
        terms.price_id
    from {{ accepted(ref('stg_contract_lines')) }} as terms
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = terms.contract_id
    where
        terms.known_until_at is null
        and terms.modified_by_event_id is null
        and terms.meter_id is not null
),

list_prices as (
    select
        price_id,
        dim_1_value,
        dim_2_value,
        unit_code as currency,
        rate_amount,
        rate_per_quantity
    from {{ accepted(ref('stg_prices')) }}
    where
        known_until_at is null
        and model = 'unit'
        and rate_amount < 1000000
        and unit_code in (select currency from {{ ref('currencies') }})
    qualify row_number() over (partition by price_id, dim_1_value, dim_2_value order by valid_from desc nulls last) = 1
),

levels as (
    select 1 as cited_level
    union all
    select 2 as cited_level
    union all
    select 3 as cited_level
    union all
    select 4 as cited_level
),

-- The price of what an event may cite, from the line to any line of its meter, where only one answers.
quotes as (
    select
        levels.cited_level,
        case levels.cited_level when 4 then lines.line_id when 3 then lines.contract_id when 2 then lines.customer_id else '*' end as cited_id,
        lines.meter_id,
        list_prices.dim_1_value,
        list_prices.dim_2_value,
        min(list_prices.currency) as currency,
        min(list_prices.rate_amount) as rate_amount,
        min(list_prices.rate_per_quantity) as rate_per_quantity
    from lines
    inner join list_prices on list_prices.price_id = lines.price_id
    cross join levels
    group by all
    having
        count(distinct list_prices.currency) = 1
        and min(list_prices.rate_amount) = max(list_prices.rate_amount)
        and min(list_prices.rate_per_quantity) = max(list_prices.rate_per_quantity)
),

citations as (
    select
        events.*,
        levels.cited_level,
        case levels.cited_level when 4 then events.line_id when 3 then events.contract_id when 2 then events.customer_id else '*' end as cited_id
    from events
    cross join levels
),

priced as (
    select
        citations.input_row,
        quotes.currency,
        quotes.rate_amount,
        quotes.rate_per_quantity
    from citations
    inner join quotes
        on quotes.cited_level = citations.cited_level
        and quotes.cited_id = citations.cited_id
        and quotes.meter_id = citations.meter_id
        and (quotes.dim_1_value is null or quotes.dim_1_value = citations.dim_1_value)
        and (quotes.dim_2_value is null or quotes.dim_2_value = citations.dim_2_value)
    qualify row_number() over (
        partition by citations.input_row
        order by quotes.cited_level desc, quotes.dim_1_value desc nulls last, quotes.dim_2_value desc nulls last
    ) = 1
),

fct_unaccepted_usage as (
    select
        events.input_row,
        events.meter_id,
        events.quantity,
        case
            when events.rated_amount is not null then events.rated_amount
            -- a quantity too large to be real is worth nothing that can be told
            when abs(events.quantity) < 1000000000000
                then {{ from_billionths(int_div(
                    billionths('events.quantity') ~ ' * ' ~ billionths('priced.rate_amount'),
                    billionths('priced.rate_per_quantity')
                )) }}
        end as amount_at_stake,
        case when events.rated_amount is not null then events.rated_currency else priced.currency end as currency
    from events
    left join priced on priced.input_row = events.input_row
)

select * from fct_unaccepted_usage

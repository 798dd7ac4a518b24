{{ config(materialized='view') }} {#- few lines; read by their routes and scopes -#}
-- One row per usage line and stretch between changes of its terms in which its events carry what they cost (`as_rated`): the currency of its prices.
--
-- All prices that the terms of the stretch ever cited say so, in one currency: else amounts and quantities would be one sum. A
-- level has no events to carry anything, and of a meter within another the quantity is taken off.
with

-- What an event states anew holds from it until the next; what is stated first, also before it.
stated as (
    select
        used.line_id,
        used.meter_id,
        terms.price_id,
        coalesce(changes.segment_from_at, timestamp '0001-01-01') as from_at
    from {{ ref('int_usage_lines') }} as used
    inner join {{ accepted(ref('stg_contract_lines')) }} as terms on terms.line_id = used.line_id
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = terms.modified_by_event_id
        and changes.contract_id = used.contract_id
        and changes.segment_from_at is not null
    where terms.modified_by_event_id is null or changes.contract_event_id is not null
),

stretches as (
    select
        line_id,
        from_at,
        lead(from_at, 1, timestamp '9999-12-31') over (partition by line_id order by from_at) as to_at
    from stated
    group by line_id, from_at
),

int_usage_lines__carried as (
    select
        stretches.line_id,
        stretches.from_at,
        stretches.to_at,
        min(prices.unit_code) as currency
    from stretches
    inner join stated
        on stated.line_id = stretches.line_id
        and stated.from_at = stretches.from_at
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = stated.price_id
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = stated.meter_id
    left join {{ ref('int_usage_line_containers') }} as containers on stretches.line_id in (containers.line_id, containers.container_line_id)
    where containers.line_id is null
    group by stretches.line_id, stretches.from_at, stretches.to_at
    having
        bool_and(prices.model = 'as_rated' and {{ is_plain_rate('prices') }} and coalesce(meters.aggregation in ('sum', 'count'), false))
        and count(distinct prices.unit_code) = 1
)

select * from int_usage_lines__carried

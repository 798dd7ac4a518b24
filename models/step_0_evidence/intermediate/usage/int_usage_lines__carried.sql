{{ config(materialized='view') }} {#- few lines; read by their routes and scopes -#}
-- One row per usage line whose events carry what they cost (`as_rated`): the currency of its prices.
--
-- All prices that the line ever cites say so, in one currency: else amounts and quantities would be one sum. A
-- level has no events to carry anything, and of a meter within another the quantity is taken off.
with

cited as (
    select
        used.line_id,
        used.meter_id,
        prices.model = 'as_rated' and {{ is_plain_rate('prices') }} as is_carried,
        prices.unit_code
    from {{ ref('int_usage_lines') }} as used
    inner join {{ accepted(ref('stg_contract_lines')) }} as terms on terms.line_id = used.line_id
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = terms.price_id
),

int_usage_lines__carried as (
    select
        cited.line_id,
        min(cited.unit_code) as currency
    from cited
    inner join {{ ref('dim_meters') }} as meters
        on meters.meter_id = cited.meter_id
        and meters.aggregation in ('sum', 'count')
    left join {{ ref('int_usage_line_containers') }} as containers on cited.line_id in (containers.line_id, containers.container_line_id)
    where containers.line_id is null
    group by cited.line_id
    having bool_and(cited.is_carried) and count(distinct cited.unit_code) = 1
)

select * from int_usage_lines__carried

-- One row per usage line of an entity that forecasts use, service period and period whose close knew it first: the units used.
with

int_forecasts__used as (
    select
        line_id,
        service_ordinal,
        known_ordinal,
        cast(sum(quantity) as decimal(38, 9)) as units
    from {{ ref('fct_usage_by_period') }}
    where entity_id in (select entity_id from {{ ref('int_forecasts__asked') }})
    group by line_id, service_ordinal, known_ordinal
    having sum(quantity) <> 0
)

select * from int_forecasts__used

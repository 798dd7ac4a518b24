-- One row per entity.
with

dim_entities as (
    select
        entity_id,
        time_zone,
        unknown_time_zone,
        functional_currency,
        reporting_currency
    from {{ ref('int_entities__policies') }}
)

select * from dim_entities

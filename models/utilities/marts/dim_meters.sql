-- One row per meter, as last known; how it counts as the first close knew it, since closed periods were counted that way.
with

versions as (
    select * from {{ accepted(ref('stg_meters')) }}
),

{{ as_first_close_knew('versions', 'meter_id') }},

dim_meters as (
    select
        versions.meter_id,
        versions.product_id,
        at_first_close.aggregation,
        versions.unit_code,
        at_first_close.contains_meter_id
    from versions
    inner join at_first_close on at_first_close.meter_id = versions.meter_id
    where versions.known_until_at is null
    qualify row_number() over (partition by versions.meter_id order by versions.valid_from desc nulls last, versions.recorded_at desc) = 1
)

select * from dim_meters

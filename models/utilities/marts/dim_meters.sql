-- One row per meter, as last known; how it counts as first known, since closed periods were counted that way.
with

versions as (
    select
        *,
        first_value(aggregation) over first_known as first_aggregation,
        first_value(contains_meter_id) over first_known as first_contains_meter_id
    from {{ accepted(ref('stg_meters')) }}
    window first_known as (partition by meter_id order by recorded_at, valid_from)
),

dim_meters as (
    select
        meter_id,
        product_id,
        first_aggregation as aggregation,
        unit_code,
        first_contains_meter_id as contains_meter_id
    from versions
    where known_until_at is null
    qualify row_number() over (partition by meter_id order by valid_from desc nulls last, recorded_at desc) = 1
)

select * from dim_meters

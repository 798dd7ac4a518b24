-- One row per meter, as last known; how it counts as the first close knew it, since closed periods were counted that way.
with

versions as (
    select * from {{ accepted(ref('stg_meters')) }}
),

-- A line names the meter, or the product whose use it counts.
named as (
    select
        versions.meter_id,
        lines.contract_id,
        lines.recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join versions on versions.meter_id = lines.meter_id
    union all
    select
        versions.meter_id,
        lines.contract_id,
        lines.recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join versions on versions.product_id = lines.product_id
),

users as (
    select
        named.meter_id,
        contracts.entity_id,
        min(named.recorded_at) as recorded_at
    from named
    inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.contract_id = named.contract_id
    group by named.meter_id, contracts.entity_id
),

{{ as_first_close_knew('versions', 'meter_id', 'users') }},

dim_meters as (
    select
        versions.meter_id,
        versions.product_id,
        at_first_close.aggregation,
        versions.aggregation as stated_aggregation,
        versions.unit_code,
        versions.rounding,
        at_first_close.contains_meter_id,
        versions.contains_meter_id as stated_contains_meter_id
    from versions
    inner join at_first_close on at_first_close.meter_id = versions.meter_id
    where versions.known_until_at is null
    qualify row_number() over (partition by versions.meter_id order by versions.valid_from desc nulls last, versions.recorded_at desc) = 1
)

select * from dim_meters

-- One row per entity whose elected time zone the engine does not know: its days were cut in UTC (E1).
with

chk_time_zones as (
    select
        'chk_time_zones' as control_code,
        '*' as book,
        entity_id,
        cast(null as varchar) as period_id,
        unknown_time_zone as subject,
        cast(null as decimal(38, 18)) as expected_amount,
        cast(null as decimal(38, 18)) as actual_amount
    from {{ ref('dim_entities') }}
    where unknown_time_zone is not null
)

select * from chk_time_zones

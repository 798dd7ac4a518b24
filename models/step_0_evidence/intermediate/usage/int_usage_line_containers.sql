{{ config(materialized='view') }} {#- few meters contain others -#}
-- One row per usage line whose meter another contains, and line of the containing meter in the same contract.
with

lines as (
    select * from {{ ref('int_usage_lines') }}
),

int_usage_line_containers as (
    select
        part.line_id,
        whole.line_id as container_line_id
    from lines as part
    inner join {{ ref('dim_meters') }} as whole_meters on whole_meters.contains_meter_id = part.meter_id
    inner join lines as whole
        on whole.contract_id = part.contract_id
        and whole.meter_id = whole_meters.meter_id
)

select * from int_usage_line_containers

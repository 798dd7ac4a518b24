{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='file_id') }} {#- grows by what arrives -#}
-- One row per landed usage event: the 64-bit hash of its key, kept so that a repeat is found without reading old files.
with

int_usage_events__keys as (
    select
        _file_id as file_id,
        {{ hash_64(['event_id', 'meter_id', 'source_system']) }} as key_hash
    from {{ ref('int_usage_events__arrived') }}
)

select * from int_usage_events__keys

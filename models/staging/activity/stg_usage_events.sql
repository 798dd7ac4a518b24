{{ config(materialized='view') }} {#- the one table too large to copy: read where it lies, set apart in step 0 -#}
-- One row per landed usage event, typed, with the first reason why its content cannot count.
--
-- Repeats are not judged here: finding them reads every event id, which the evidence room does once.
{% if not execute -%}
select 1 as event_id from {{ source('raw', 'usage_events') }}, {{ source('state', 'input_files') }}
{%- else -%}
    with

    typed as (
        {{ typed_rows('usage_events') }}
    ),

    stg_usage_events as (
        select
            *,
            case
                when is_test then 'TEST_MODE'
                when meter_id is null then 'NULL_KEY'
                when is_retracted then null
                when uncast_columns is not null then 'BAD_TYPE'
                when customer_id is null or quantity is null or occurred_at is null then 'MISSING_VALUE'
                when non_billable_reason not in ('internal', 'failed', 'courtesy') then 'UNKNOWN_ENUM'
                when quantity < 0 then 'NEGATIVE_QUANTITY'
                when quantity >= 1000000000000000000 then 'OUT_OF_RANGE'
                when {{ happened_after_recorded() }} then 'FUTURE'
            end as content_reason
        from typed
    )

    select * from stg_usage_events
{%- endif %}

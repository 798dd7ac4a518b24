{{ config(materialized='view') }} {#- names the files to read; their events are read where they are grouped -#}
-- One row per landed usage event of the input files that no earlier run has read.
with

int_usage_events__arrived as (
    select *
    {% if goes_on_from_an_earlier_run() -%}
        from {{ usage_events_of_files("select file_id from " ~ source('state', 'input_files') ~ " where is_unread and table_name = 'usage_events' order by file_id") }} as events
    {%- else -%}
        from {{ ref('stg_usage_events') }}
    {%- endif %}
)

select * from int_usage_events__arrived

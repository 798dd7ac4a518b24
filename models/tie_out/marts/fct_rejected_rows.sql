-- One row per landed row that was not accepted, with the reason and what to do.
{%- set tables = staged_tables() %}
with

{% for table in tables %}
    {{ table }} as (
        select
            '{{ table }}' as table_name,
            source_system,
            {{ row_key(table) }} as row_key,
            row_state,
            reason_code,
            recorded_at,
            input_row,
            {{ row_content(table) }} as row_content
        from {{ ref('stg_' ~ table) }}
        where row_state <> 'accepted'
    ),
{% endfor %}

unaccepted as (
    {%- for table in tables %}
        select * from {{ table }}
        union all
    {%- endfor %}
    select * from {{ ref('fct_evidence_verdicts') }}
    union all
    select * from {{ ref('fct_contract_verdicts') }}
),

fct_rejected_rows as (
    select
        unaccepted.table_name,
        unaccepted.source_system,
        unaccepted.row_key,
        unaccepted.row_state as state,
        unaccepted.reason_code,
        reasons.meaning || '. ' || reasons.what_to_do || '.' as reason,
        unaccepted.recorded_at,
        files.path as input_file,
        cast(split_part(unaccepted.input_row, ':', 2) as bigint) as input_row_number,
        unaccepted.input_row,
        unaccepted.row_content
    from unaccepted
    left join {{ ref('reason_codes') }} as reasons on reasons.reason_code = unaccepted.reason_code
    left join {{ source('state', 'input_files') }} as files
        on files.file_id = split_part(unaccepted.input_row, ':', 1)
)

select * from fct_rejected_rows

-- One row per input table whose landed rows are not accepted, duplicate, held and rejected rows together.
{%- set tables = staged_tables() %}
with

landed as (
    select
        table_name,
        sum(row_count) as row_count
    from {{ source('state', 'input_files') }}
    group by table_name
),

judged as (
    {%- for table in tables %}
        select
            '{{ table }}' as table_name,
            count(*) as row_count
        from {{ ref('stg_' ~ table) }}
        union all
    {%- endfor %}
    select
        'usage_events' as table_name,
        row_count
    from {{ ref('fct_usage_row_counts') }}
),

chk_rows_conserved as (
    select
        'chk_rows_conserved' as control_code,
        '*' as book,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        judged.table_name as subject,
        cast(coalesce(landed.row_count, 0) as decimal(38, 18)) as expected_amount,
        cast(judged.row_count as decimal(38, 18)) as actual_amount
    from judged
    left join landed on landed.table_name = judged.table_name
    where judged.row_count is distinct from coalesce(landed.row_count, 0)
)

select * from chk_rows_conserved

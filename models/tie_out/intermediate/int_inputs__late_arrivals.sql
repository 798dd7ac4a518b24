-- One row per input table, file and currency with rows that arrived after a close theirs precedes.
--
-- Such rows are known from their arrival, else a stored close would replay differently.
{%- set tables = staged_tables() %}
with

late_rows as (
    {%- for table in tables %}
        {%- if execute %}
            {%- set money = money_column(table) %}
        {%- else %}
            {%- set money = {'amount': 'null', 'currency': 'null'} %}
        {%- endif %}
        select
            '{{ table }}' as table_name,
            split_part(input_row, ':', 1) as file_id,
            {{ money.amount }} as amount,
            {{ money.currency }} as currency,
            stated_recorded_at
        from {{ ref('stg_' ~ table) }}
        where row_state in ('accepted', 'held') and stated_recorded_at <> recorded_at
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

staged as (
    select
        late_rows.table_name,
        files.path,
        late_rows.currency,
        count(*) as row_count,
        cast(sum(late_rows.amount) as decimal(38, 9)) as amount,
        min(late_rows.stated_recorded_at) as earliest_recorded_at,
        max(files.first_loaded_at) as known_at
    from late_rows
    inner join {{ source('state', 'input_files') }} as files on files.file_id = late_rows.file_id
    group by late_rows.table_name, files.path, late_rows.currency
),

-- Usage events are counted as their file is loaded; what they earn is catch-up in the ledger.
usage as (
    select
        table_name,
        path,
        cast(null as varchar) as currency,
        cast(sum(late_row_count) as bigint) as row_count,
        cast(null as decimal(38, 9)) as amount,
        cast(null as timestamp) as earliest_recorded_at,
        max(first_loaded_at) as known_at
    from {{ source('state', 'input_files') }}
    where table_name = 'usage_events' and late_row_count > 0
    group by table_name, path
),

int_inputs__late_arrivals as (
    select * from staged
    union all
    select * from usage
)

select * from int_inputs__late_arrivals

-- One row per input table, reason and currency of landed rows that were rejected or are held.
--
-- The money that such rows state is what is missing from the books until they are mended.
{%- set stated = {
    'billing_documents': ('total_amount', 'currency'),
    'cash_events': ('amount', 'currency'),
    'credit_grants': ('consideration_amount', 'consideration_currency'),
    'manual_adjustments': ('amount', 'currency'),
    'opening_balances': ('amount', 'currency'),
} %}
with

money as (
    {%- for table, columns in stated.items() %}
        select
            '{{ table }}' as table_name,
            input_row,
            {{ columns[0] }} as amount,
            {{ columns[1] }} as currency
        from {{ ref('stg_' ~ table) }}
        where row_state in ('rejected', 'held')
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

rejected as (
    select
        rows_out.state,
        rows_out.table_name,
        rows_out.reason_code,
        rows_out.reason,
        rows_out.recorded_at,
        money.amount,
        case when money.amount is not null then currencies.currency end as currency
    from {{ ref('fct_rejected_rows') }} as rows_out
    left join money
        on money.table_name = rows_out.table_name
        and money.input_row = rows_out.input_row
    left join {{ ref('currencies') }} as currencies on currencies.currency = money.currency
    where rows_out.state in ('rejected', 'held')
),

int_exceptions__rejected_rows as (
    select
        'ROWS_' || upper(state) as exception_code,
        'warn' as severity,
        table_name || ': ' || reason_code as subject,
        cast(sum(case when currency is not null then abs(amount) end) as decimal(38, 9)) as amount,
        currency,
        min(recorded_at) as known_at,
        cast(count(*) as varchar) || ' rows of ' || table_name || ' are ' || state || '. ' || min(reason) as message
    from rejected
    group by state, table_name, reason_code, currency
)

select * from int_exceptions__rejected_rows

-- One row per landed row that was not accepted, with the reason, what to do and the amount at stake.
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

amounts as (
    {%- for table, (amount, currency, owner) in stated_amounts().items() %}
        select
            '{{ table }}' as table_name,
            input_row,
            {{ amount }} as amount,
            {{ currency }} as currency,
            {{ owner ~ " || ' of " ~ owner ~ "'" if owner else 'cast(null as varchar)' }} as owner
        from {{ ref('stg_' ~ table) }}
        union all
    {%- endfor %}
    select
        'usage_events' as table_name,
        input_row,
        amount_at_stake as amount,
        currency,
        cast(null as varchar) as owner
    from {{ ref('fct_unaccepted_usage') }}
),

-- Lines and events of a contract, and lines of a document, are in its currency.
owners as (
    select
        contract_id || ' of contract_id' as owner,
        min(currency) as currency
    from {{ ref('stg_contracts') }}
    where row_state in ('accepted', 'held')
    group by contract_id
    having count(distinct currency) = 1
    union all
    select
        document_id || ' of document_id' as owner,
        min(currency) as currency
    from {{ ref('stg_billing_documents') }}
    where row_state in ('accepted', 'held')
    group by document_id
    having count(distinct currency) = 1
),

-- A repeated or a test row puts nothing at stake; an amount without a currency is not one.
at_stake as (
    select
        amounts.table_name,
        amounts.input_row,
        amounts.amount,
        coalesce(amounts.currency, owners.currency) as currency
    from amounts
    inner join unaccepted
        on unaccepted.table_name = amounts.table_name
        and unaccepted.input_row = amounts.input_row
        and unaccepted.reason_code not in ('DUPLICATE', 'TEST_MODE')
    left join owners on owners.owner = amounts.owner
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
        cast(case when at_stake.currency is not null then at_stake.amount end as decimal(38, 9)) as amount_at_stake,
        case when at_stake.amount is not null then at_stake.currency end as currency,
        unaccepted.row_content
    from unaccepted
    left join {{ ref('reason_codes') }} as reasons on reasons.reason_code = unaccepted.reason_code
    left join {{ source('state', 'input_files') }} as files
        on files.file_id = split_part(unaccepted.input_row, ':', 1)
    left join at_stake
        on at_stake.table_name = unaccepted.table_name
        and at_stake.input_row = unaccepted.input_row
)

select * from fct_rejected_rows

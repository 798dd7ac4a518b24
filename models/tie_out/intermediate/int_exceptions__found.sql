-- One row per exception that this run found, by its stable id.
--
-- The id is made of what the exception is about and not of its amount: an exception that grows
-- from one run to the next is the same exception.
{#- What each of them does not tell: an exception on inputs, for example, is of no contract. -#}
{%- set untold = {
    'int_exceptions__controls': ['known_at'],
    'int_exceptions__rejected_rows': ['entity_id', 'period_id', 'contract_id'],
    'int_exceptions__inputs': ['entity_id', 'period_id', 'contract_id', 'amount', 'currency', 'known_at'],
    'int_exceptions__by_hand': [],
    'int_exceptions__elections': ['entity_id', 'period_id', 'contract_id', 'amount', 'currency', 'known_at'],
    'int_exceptions__agreements': ['period_id', 'known_at'],
    'int_exceptions__catalogue': ['period_id', 'known_at'],
    'int_exceptions__usage': ['period_id', 'known_at'],
    'int_exceptions__changed_terms': ['period_id', 'known_at'],
    'int_exceptions__contracts': ['period_id', 'known_at'],
    'int_exceptions__modifications': ['period_id', 'known_at'],
    'int_exceptions__price_deltas': ['period_id', 'known_at'],
    'int_exceptions__allocation': ['period_id', 'known_at'],
    'int_exceptions__outside_allocation': ['period_id', 'known_at'],
    'int_exceptions__evidence': ['period_id', 'known_at'],
    'int_exceptions__credits': ['period_id', 'known_at'],
    'int_exceptions__packs': ['period_id', 'known_at'],
    'int_exceptions__agents': ['period_id', 'known_at'],
    'int_exceptions__progress': ['period_id', 'known_at'],
    'int_exceptions__options': ['period_id', 'known_at'],
    'int_exceptions__outcomes': ['period_id', 'known_at'],
    'int_exceptions__consideration': ['period_id', 'known_at'],
    'int_exceptions__cash': ['period_id', 'known_at'],
    'int_exceptions__balances': ['period_id', 'known_at'],
    'int_exceptions__estimates': ['period_id', 'known_at'],
    'int_exceptions__unread_estimates': ['entity_id', 'period_id', 'contract_id', 'amount', 'currency'],
    'int_exceptions__topics': ['contract_id'],
} %}
with

unioned as (
    {%- for source_model, missing in untold.items() %}
        select {{ exception_columns(missing) }}
        from {{ ref(source_model) }}
        union all
    {%- endfor %}
    select
        'LATE_ARRIVAL' as exception_code,
        'warn' as severity,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        cast(null as varchar) as contract_id,
        path as subject,
        amount,
        currency,
        known_at,
        cast(row_count as varchar) || ' rows of ' || table_name || ' arrived after a close had been stored which their recorded time'
        || coalesce(' (' || cast(earliest_recorded_at as varchar) || ' at the earliest)', '')
        || ' precedes: they are known from their arrival, ' || cast(known_at as varchar) || ' UTC.' as message
    from {{ ref('int_inputs__late_arrivals') }}

    union all

    select
        'ACCEPTANCE_NOT_VALID' as exception_code,
        'warn' as severity,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        cast(null as varchar) as contract_id,
        coalesce(exception_code, '(empty)') || ': ' || coalesce(subject, '(empty)') as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        cast(null as timestamp) as known_at,
        'A line of the register of accepted exceptions accepts nothing: ' || problem || '.' as message
    from {{ ref('int_exceptions__acceptances') }}
    where problem is not null
),

int_exceptions__found as (
    select
        {{ row_fingerprint(['exception_code', 'entity_id', 'period_id', 'contract_id', 'subject', 'currency']) }} as exception_id,
        exception_code,
        min(severity) as severity,
        entity_id,
        period_id,
        contract_id,
        subject,
        max_by(amount, abs(amount)) as amount,
        currency,
        min(known_at) as known_at,
        replace({{ string_agg_ordered('message') }}, '|', ' ') as message
    from unioned
    group by exception_code, entity_id, period_id, contract_id, subject, currency
)

select * from int_exceptions__found

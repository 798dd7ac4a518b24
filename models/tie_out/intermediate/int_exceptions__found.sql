-- One row per exception that this run found, by its stable id.
--
-- The id is made of what the exception is about and not of its amount: an exception that grows
-- from one run to the next is the same exception.
with

unioned as (
    select
        exception_code,
        severity,
        entity_id,
        period_id,
        contract_id,
        subject,
        amount,
        currency,
        cast(null as timestamp) as known_at,
        message
    from {{ ref('int_exceptions__controls') }}

    union all

    select
        exception_code,
        severity,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        cast(null as varchar) as contract_id,
        subject,
        amount,
        currency,
        known_at,
        message
    from {{ ref('int_exceptions__rejected_rows') }}

    union all

    select
        exception_code,
        severity,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        cast(null as varchar) as contract_id,
        subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        cast(null as timestamp) as known_at,
        message
    from {{ ref('int_exceptions__inputs') }}

    union all

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

    union all

    select
        exception_code,
        severity,
        entity_id,
        cast(null as varchar) as period_id,
        contract_id,
        subject,
        amount,
        currency,
        cast(null as timestamp) as known_at,
        message
    from {{ ref('int_exceptions__agreements') }}

    union all

    select
        exception_code,
        severity,
        entity_id,
        cast(null as varchar) as period_id,
        contract_id,
        subject,
        amount,
        currency,
        cast(null as timestamp) as known_at,
        message
    from {{ ref('int_exceptions__evidence') }}

    union all

    select
        exception_code,
        severity,
        entity_id,
        cast(null as varchar) as period_id,
        contract_id,
        subject,
        amount,
        currency,
        cast(null as timestamp) as known_at,
        message
    from {{ ref('int_exceptions__credits') }}

    union all

    select
        exception_code,
        severity,
        entity_id,
        period_id,
        cast(null as varchar) as contract_id,
        subject,
        amount,
        currency,
        known_at,
        message
    from {{ ref('int_exceptions__topics') }}
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

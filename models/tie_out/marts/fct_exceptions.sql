-- One row per exception that people should look at.
with

exceptions as (
    select
        exception_code,
        severity,
        entity_id,
        period_id,
        contract_id,
        subject,
        amount,
        currency,
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
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        message
    from {{ ref('int_exceptions__inputs') }}

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
        message
    from {{ ref('int_exceptions__credits') }}
),

fct_exceptions as (
    select
        exceptions.exception_code,
        exceptions.severity,
        exceptions.entity_id,
        exceptions.period_id,
        exceptions.contract_id,
        exceptions.subject,
        cast(exceptions.amount as decimal(38, 9)) as amount,
        exceptions.currency,
        exceptions.message,
        case when accepted.exception_code is null then 'open' else 'accepted' end as status
    from exceptions
    left join {{ ref('accepted_exceptions') }} as accepted
        on accepted.exception_code = exceptions.exception_code
        and accepted.subject = exceptions.subject
        and cast(accepted.expires_on as date) > cast((select as_of from {{ source('state', 'run_context') }}) as date)
)

select * from fct_exceptions

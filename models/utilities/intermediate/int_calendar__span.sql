-- One row per entity: first and last day that any agreement, document or performance touches.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

touched as (
    select
        contracts.entity_id,
        lines.service_start as from_at,
        coalesce(lines.service_end, lines.service_start) as to_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.contract_id = lines.contract_id

    union all

    select
        entity_id,
        least(effective_from, coalesce(signed_at, effective_from)) as from_at,
        coalesce(effective_to, effective_from) as to_at
    from {{ accepted(ref('stg_contracts')) }}

    union all

    select
        contracts.entity_id,
        least(documents.issued_at, coalesce(documents.due_at, documents.issued_at)) as from_at,
        documents.issued_at as to_at
    from {{ accepted(ref('stg_billing_documents')) }} as documents
    inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.contract_id = documents.contract_id

    union all

    select
        contracts.entity_id,
        cash.occurred_at as from_at,
        cash.occurred_at as to_at
    from {{ accepted(ref('stg_cash_events')) }} as cash
    inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.customer_id = cash.customer_id

    union all

    select
        entities.entity_id,
        cast(periods.period_start as timestamp) as from_at,
        cast(periods.period_end as timestamp) as to_at
    from {{ accepted(ref('stg_accounting_periods')) }} as periods
    inner join {{ ref('int_entities__policies') }} as entities on periods.entity_id in (entities.entity_id, '*')
),

int_calendar__span as (
    select
        touched.entity_id,
        -- a day earlier: west of UTC the first instant of a month lies in the month before
        cast(min(touched.from_at) - interval 1 day as date) as first_date,
        -- a year more leaves room for the interval of an open-ended line that has begun; an end in
        -- the year 9999 says open-ended too and needs no calendar
        cast(least(
            greatest(max(touched.to_at), max(run.as_of)) + interval 1 year,
            max(run.as_of) + interval 30 year
        ) as date) as last_date
    from touched
    cross join run
    group by touched.entity_id
)

select * from int_calendar__span

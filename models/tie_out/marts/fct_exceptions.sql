-- One row per exception that people should look at, the one to look at first on rank 1.
with

run as (
    select
        as_of,
        cast(as_of as date) as as_of_date
    from {{ source('state', 'run_context') }}
),

-- How long it stands: since its rows were recorded, or since the first run that found it.
aged as (
    select
        found.*,
        least(coalesce(found.known_at, run.as_of), coalesce(seen.first_seen_at, run.as_of), run.as_of) as first_known_at,
        run.as_of,
        run.as_of_date
    from {{ ref('int_exceptions__found') }} as found
    cross join run
    left join {{ source('state', 'exceptions_seen') }} as seen on seen.exception_id = found.exception_id
),

closes as (
    select
        aged.exception_id,
        count(distinct periods.period_id) as closes_stood
    from aged
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = coalesce(aged.entity_id, periods.entity_id)
        and periods.state = 'closed'
        and periods.knowledge_cutoff_at > aged.first_known_at
        and periods.knowledge_cutoff_at <= aged.as_of
    group by aged.exception_id
),

-- Of several acceptances the one that holds longest counts.
accepted as (
    select
        aged.exception_id,
        max(acceptances.expires_on) as accepted_until,
        max_by(acceptances.approved_by, acceptances.expires_on) as accepted_by,
        max_by(acceptances.reason, acceptances.expires_on) as accepted_because
    from aged
    inner join {{ ref('int_exceptions__acceptances') }} as acceptances
        on acceptances.problem is null
        and acceptances.expires_on is not null
        and (
            acceptances.exception_id = aged.exception_id
            or acceptances.exception_code = aged.exception_code and acceptances.subject = aged.subject
        )
    group by aged.exception_id
),

catalogue as (
    select
        exception_code,
        owner,
        what_to_do
    from {{ ref('exception_codes') }}
    union all
    select
        control_code as exception_code,
        owner,
        what_to_do
    from {{ ref('dim_controls') }}
),

judged as (
    select
        aged.*,
        valued.functional_currency,
        valued.functional_amount,
        valued.reporting_currency,
        valued.reporting_amount,
        {{ days_between('cast(aged.first_known_at as date)', 'aged.as_of_date') }} as age_days,
        coalesce(closes.closes_stood, 0) as closes_stood,
        accepted.accepted_until,
        accepted.accepted_by,
        accepted.accepted_because,
        case
            when accepted.exception_id is null then 'open'
            when accepted.accepted_until > aged.as_of_date then 'accepted'
            else 'expired'
        end as status,
        catalogue.owner,
        catalogue.what_to_do
    from aged
    left join {{ ref('int_exceptions__valued') }} as valued on valued.exception_id = aged.exception_id
    left join closes on closes.exception_id = aged.exception_id
    left join accepted on accepted.exception_id = aged.exception_id
    left join catalogue on catalogue.exception_code = aged.exception_code
),

fct_exceptions as (
    select
        exception_id,
        cast(row_number() over (
            order by
                case status when 'accepted' then 2 else 1 end asc,
                case severity when 'block' then 1 else 2 end asc,
                abs(coalesce(reporting_amount, functional_amount, case when currency is not null then amount end)) desc nulls last,
                age_days desc,
                exception_code asc,
                exception_id asc
        ) as integer) as exception_rank,
        exception_code,
        severity,
        status,
        entity_id,
        period_id,
        contract_id,
        subject,
        owner,
        cast(amount as decimal(38, 9)) as amount,
        currency,
        functional_currency,
        functional_amount,
        reporting_currency,
        reporting_amount,
        message,
        what_to_do,
        first_known_at,
        age_days,
        closes_stood,
        accepted_by,
        accepted_because,
        accepted_until
    from judged
)

select * from fct_exceptions

-- One row per exception code and subject, or exception, that people accepted, and until when.
--
-- Two doors: the register seeds/exceptions/accepted_exceptions.csv names a code and a subject, a
-- review of fct_exceptions names the exception itself. A line of the register that lacks a field,
-- or names a code that there is none of, accepts nothing.
with

codes as (
    select exception_code from {{ ref('exception_codes') }}
    union distinct
    select control_code as exception_code from {{ ref('dim_controls') }}
),

register as (
    select
        register.exception_code,
        register.subject,
        cast(null as varchar) as exception_id,
        register.reason,
        register.approved_by,
        try_cast(register.expires_on as date) as expires_on,
        case
            when codes.exception_code is null then 'there is no exception code ' || coalesce(register.exception_code, '(empty)')
            when nullif(trim(register.subject), '') is null then 'the subject is empty'
            when nullif(trim(register.reason), '') is null then 'the reason is empty'
            when nullif(trim(register.approved_by), '') is null then 'approved_by is empty'
            when try_cast(register.expires_on as date) is null then 'expires_on is not a date such as 2026-12-31'
        end as problem
    from {{ ref('accepted_exceptions') }} as register
    left join codes on codes.exception_code = register.exception_code
),

-- The last word on an exception counts, whatever it said before.
reviews as (
    select
        cast(null as varchar) as exception_code,
        case when expires_at is null then 'review ' || review_id end as subject,
        subject_id as exception_id,
        comment as reason,
        reviewer as approved_by,
        cast(expires_at as date) as expires_on,
        case when expires_at is null then 'the review has no expires_at' end as problem,
        decision
    from {{ accepted(ref('stg_reviews')) }}
    where
        subject_table = 'fct_exceptions'
        and known_until_at is null
    qualify row_number() over (partition by subject_id order by recorded_at desc, reviewed_at desc, review_id desc) = 1
),

int_exceptions__acceptances as (
    select * from register
    union all
    select * exclude (decision) from reviews
    where decision in ('approved', 'waived')
)

select * from int_exceptions__acceptances

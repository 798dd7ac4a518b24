-- One row per obligation and period at whose end revenue holds what use is expected to lack of a minimum: a right that waits for the end of its interval (section 3.4).
with

expected as (
    select
        lines.obligation_id,
        lines.entity_id,
        lines.minor_unit_exponent,
        earned.grant_id,
        greatest({{ int_div('earned.revision', '10') }}, earned.service_ordinal) as period_ordinal,
        sum(earned.amount) as amount
    from {{ ref('fct_credit_breakage') }} as earned
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = earned.grant_id
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = grants.line_id
        and lines.pattern = 'trued_up_minimum'
    where earned.taken_by = 'breakage'
    group by
        lines.obligation_id, lines.entity_id, lines.minor_unit_exponent, earned.grant_id,
        greatest({{ int_div('earned.revision', '10') }}, earned.service_ordinal)
),

-- What is lacking as the interval ends is owed, and only its invoice is missing.
due as (
    select
        grant_id,
        min(greatest({{ int_div('revision', '10') }}, service_ordinal)) as due_ordinal
    from {{ ref('fct_credit_draws') }}
    where taken_by = 'expiry'
    group by grant_id
),

int_positions__shortfalls as (
    select
        expected.obligation_id,
        periods.period_ordinal,
        {{ round_to_minor_unit('sum(expected.amount)', 'expected.minor_unit_exponent') }} as not_due_amount
    from expected
    left join due on due.grant_id = expected.grant_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = expected.entity_id
        and periods.period_ordinal >= expected.period_ordinal
        and periods.period_ordinal < coalesce(due.due_ordinal, 999999)
        and periods.has_begun
    group by expected.obligation_id, periods.period_ordinal, expected.minor_unit_exponent
)

select * from int_positions__shortfalls
where not_due_amount > 0

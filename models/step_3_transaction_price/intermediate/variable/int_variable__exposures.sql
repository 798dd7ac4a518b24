-- One row per entity, version of an estimate of variable consideration and currency: what of prices depends on it, and what it changes of revenue before it (D7).
--
-- What was earned before is taken by the days of the fees that had passed when the version was first known.
with

statements as (
    select
        statements.*,
        terms.currency,
        terms.contract_amount,
        -- what is stated where the value replaces it
        terms.target_amount,
        case statements.variable_kind when 'expected_fee' then terms.target_amount else 0 end as stated_amount,
        greatest({{ days_between('terms.target_from_date', 'terms.target_to_date') }}, 1) as all_days,
        least(greatest({{ days_between('terms.target_from_date', 'periods.start_date') }}, 0), greatest({{ days_between('terms.target_from_date', 'terms.target_to_date') }}, 1)) as passed_days
    from {{ ref('int_variable__statements') }} as statements
    inner join {{ ref('int_variable__terms') }} as terms
        on terms.variable_id = statements.variable_id
        and terms.window_from_ordinal <= statements.known_from_ordinal
        and terms.window_to_ordinal > statements.known_from_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = statements.entity_id
        and periods.period_ordinal = statements.known_from_ordinal
),

measured as (
    select
        statements.*,
        {%- for name, value in [
            ('expected_amount', 'statements.expected_outcome'),
            ('constrained_amount', 'statements.constrained_outcome'),
            ('expected_before', 'before.expected_outcome'),
            ('constrained_before', 'before.constrained_outcome'),
        ] %}
            cast(case statements.variable_kind
                when 'given_back' then cast({{ value }} as decimal(10, 9)) * cast(statements.target_amount as decimal(27, 9))
                else {{ value }} - statements.stated_amount
            end as decimal(38, 9)) as {{ name }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from statements
    left join {{ ref('int_variable__statements') }} as before
        on before.variable_id = statements.variable_id
        and before.estimate_id = statements.estimate_id
        and before.recorded_at = statements.previous_recorded_at
),

int_variable__exposures as (
    select
        entity_id,
        estimate_id,
        recorded_at,
        currency,
        min(known_from_ordinal) as known_from_ordinal,
        sum(abs(expected_amount)) as estimate_amount,
        sum({{ share_of('abs(constrained_amount - coalesce(constrained_before, 0))', 'passed_days', 'all_days') }}) as catch_up_amount,
        sum(contract_amount) as corrected_amount,
        max(case when previous_recorded_at is not null then abs(expected_amount - expected_before) end) as moved,
        max(abs(expected_before)) as moved_from
    from measured
    group by entity_id, estimate_id, recorded_at, currency
)

select * from int_variable__exposures

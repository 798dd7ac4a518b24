-- One row per lot of a minimum settled in arrears and close within its interval: the charges that history expects to count towards it, constrained, and whether they are relied on (D6; section 3.4).
--
-- Use counts below zero, as in what people forecast: constrained is the lower revenue, the most that may be charged. What
-- history expects to fall short, and is so large that a controller has to decide (D7), counts for nothing.
with

minimums as (
    select
        asked.grant_id,
        asked.close_ordinal,
        min(asked.entity_id) as entity_id,
        min(asked.contract_id) as contract_id,
        min(asked.unit_code) as currency,
        min(asked.minimum_units) as minimum_amount,
        min(asked.net_consideration) as net_consideration,
        min(asked.seen_ordinal) as seen_ordinal,
        min(asked.expires_at) as expires_at,
        max(case when asked.rate_whole is null then 'no_single_rate' when fitted.reason <> 'relied_on' then fitted.reason end) as lacks,
        min(fitted.cohort) as cohort,
        min(fitted.history_months) as history_months,
        bool_or(fitted.comparable_lines < policies.constraint_comparable_lines or fitted.back_test_error > policies.constraint_back_test_error) as is_limited
    from {{ ref('int_forecasts__minimums') }} as asked
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = asked.entity_id
        and policies.from_ordinal <= asked.close_ordinal
        and policies.to_ordinal > asked.close_ordinal
    left join {{ ref('int_forecasts__fitted') }} as fitted
        on fitted.line_id = asked.line_id
        and fitted.close_ordinal = asked.close_ordinal
        and fitted.reason is not null
    group by asked.grant_id, asked.close_ordinal
),

outcomes as (
    select
        *,
        grant_id || '|' || cast(as_of_ordinal as varchar) as estimate_id,
        timestamp '0001-01-01' as recorded_at,
        -counted_amount as outcome,
        probability as likelihood
    from {{ ref('fct_minimum_scenarios') }}
),

{{ distributions_of('outcomes', ['min(grant_id) as grant_id', 'min(as_of_ordinal) as close_ordinal', 'min(charged_amount) as charged_amount']) }},

subjects as (
    select
        distributions.*,
        distributions.estimate_id as subject_id,
        minimums.entity_id,
        minimums.contract_id,
        minimums.close_ordinal as known_from_ordinal,
        minimums.is_limited,
        'expected_value' as method,
        seen.end_date as as_of_date,
        first.start_date as data_from,
        seen.end_date as data_to,
        cast(minimums.expires_at as date) as resolves_on,
        'amount' as value_unit,
        cast(null as decimal(38, 9)) as amount_per_value,
        -- what its contract sells beside only makes a reversal less significant
        minimums.net_consideration as contract_amount,
        cast(null as decimal(38, 9)) as judged_outcome,
        cast(null as varchar) as method_choice,
        cast(null as varchar) as constraint_choice
    from distributions
    inner join minimums
        on minimums.grant_id = distributions.grant_id
        and minimums.close_ordinal = distributions.close_ordinal
    inner join {{ ref('dim_accounting_periods') }} as seen
        on seen.entity_id = minimums.entity_id
        and seen.period_ordinal = minimums.seen_ordinal
    inner join {{ ref('dim_accounting_periods') }} as first
        on first.entity_id = minimums.entity_id
        and first.period_ordinal = minimums.seen_ordinal - minimums.history_months + 1
),

{{ constrained_estimates('subjects', limited='coalesce(subjects.is_limited, false)') }},

judged as (
    select
        minimums.*,
        constrained.charged_amount,
        constrained.scenario_count,
        constrained.doubts,
        constrained.confidence,
        constrained.constraint_rule,
        -constrained.expected_outcome as expected_amount,
        -constrained.constrained_outcome as constrained_amount,
        case
            when constrained.subject_id is null then 'D6.NOT_ESTIMATED'
            when minimums.minimum_amount + constrained.expected_outcome >= policies.review_amount then 'D7.NOT_APPROVED'
            else constrained.constraint_rule
        end as rule_code
    from minimums
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = minimums.entity_id
        and policies.from_ordinal <= minimums.close_ordinal
        and policies.to_ordinal > minimums.close_ordinal
    left join constrained
        on constrained.grant_id = minimums.grant_id
        and constrained.close_ordinal = minimums.close_ordinal
),

fct_minimum_estimates as (
    select
        grant_id,
        entity_id,
        contract_id,
        currency,
        close_ordinal as as_of_ordinal,
        expires_at as window_to_at,
        nullif(cohort, '') as cohort,
        coalesce(lacks, case when rule_code = 'D6.NOT_ESTIMATED' then 'other_window' else 'relied_on' end) as method_choice,
        scenario_count,
        minimum_amount,
        charged_amount,
        cast(expected_amount as decimal(38, 9)) as expected_amount,
        cast(constrained_amount as decimal(38, 9)) as constrained_amount,
        nullif(doubts, '') as doubts,
        cast(confidence as decimal(10, 9)) as confidence,
        rule_code not in ('D6.NOT_ESTIMATED', 'D6.NO_HISTORY', 'D6.ACTUALS_ONLY', 'D7.NOT_APPROVED') as is_relied_on,
        rule_code
    from judged
)

select * from fct_minimum_estimates

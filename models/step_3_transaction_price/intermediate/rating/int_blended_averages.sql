-- One row per run of tiers that count across bills, revision and window of the tiers: what all its units are expected to earn, constrained (D6; section 3.3).
--
-- Outcomes are the averages that the scenarios come to, as shares of the highest: the cheaper is the lower revenue,
-- whichever way the price goes. Where the constraint leaves nothing of a forecast, or it is history's and so large
-- that a controller has to decide (D7), only actuals count.
with

windows as (
    select * from {{ ref('int_blended_windows') }}
),

compared as (
    select
        *,
        max(expected_amount) over (partition by window_id) as highest_amount
    from {{ ref('int_blended_outcomes') }}
),

outcomes as {{ kept() }}(
    select
        window_id as estimate_id,
        timestamp '0001-01-01' as recorded_at,
        expected_quantity,
        expected_amount,
        highest_amount,
        probability as likelihood,
        coalesce({{ billionths_of('expected_amount', 'highest_amount') }}, 0) as outcome
    from compared
),

{{ distributions_of('outcomes', [
    'max(highest_amount) as highest_amount',
    'max(expected_quantity) as expected_quantity',
    'cast(sum(cast(expected_amount as decimal(28, 18)) * likelihood) as decimal(38, 18)) as mean_amount',
]) }},

subjects as (
    select
        distributions.*,
        distributions.estimate_id as subject_id,
        windows.entity_id,
        lines.contract_id,
        {{ int_div('windows.revision', '10') }} as known_from_ordinal,
        windows.is_over,
        windows.used_source,
        windows.is_limited,
        windows.method,
        windows.as_of_date,
        windows.data_from,
        windows.data_to,
        cast(windows.scope_to_at as date) as resolves_on,
        'rate' as value_unit,
        distributions.highest_amount as amount_per_value,
        -- what its contract sells beside only makes a reversal less significant
        distributions.mean_amount as contract_amount,
        -- people's own constrained figure would be of units
        cast(null as decimal(38, 9)) as judged_outcome,
        policies.method_choice,
        policies.constraint_choice
    from distributions
    inner join windows on windows.window_id = distributions.estimate_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = windows.line_id
    left join {{ ref('int_blended_policies') }} as policies on policies.window_id = distributions.estimate_id
),

{{ constrained_estimates('subjects', limited='coalesce(subjects.is_limited, false)') }},

amounts as (
    select
        constrained.subject_id,
        min(case when outcomes.outcome >= constrained.expected_outcome then outcomes.expected_amount end) as modal_amount,
        min(case when outcomes.outcome >= constrained.constrained_outcome then outcomes.expected_amount end) as lower_amount
    from constrained
    inner join outcomes on outcomes.estimate_id = constrained.subject_id
    group by constrained.subject_id
),

valued as (
    select
        constrained.*,
        amounts.lower_amount,
        case when coalesce(nullif(constrained.method_choice, 'computed'), constrained.method) = 'most_likely' then amounts.modal_amount else constrained.mean_amount end as estimated_amount
    from constrained
    inner join amounts on amounts.subject_id = constrained.subject_id
),

counted as (
    select
        valued.* exclude (constraint_rule),
        case
            when valued.is_over then 'D6.RESOLVED'
            when valued.used_source = 'history' and valued.estimated_amount >= policies.review_amount then 'D7.NOT_APPROVED'
            else valued.constraint_rule
        end as rule_code
    from valued
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = valued.entity_id
        and policies.from_ordinal <= valued.known_from_ordinal
        and policies.to_ordinal > valued.known_from_ordinal
),

int_blended_averages as (
    select
        subject_id as window_id,
        expected_quantity as whole_quantity,
        estimated_amount,
        case when rule_code = 'D6.CONSTRAINED' then least(estimated_amount, lower_amount) else estimated_amount end as constrained_amount,
        rule_code not in ('D6.NO_HISTORY', 'D6.ACTUALS_ONLY', 'D7.NOT_APPROVED') as is_relied_on,
        scenario_count,
        doubts,
        confidence,
        rule_code
    from counted
)

select * from int_blended_averages

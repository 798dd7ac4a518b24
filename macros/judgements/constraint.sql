{#
    CTEs that make distributions of the estimates of some kinds that people recorded; the last is `versions`.

    kinds: list of estimate kinds. only: further condition on their rows. more: relation of other rows in their form.

    An outcome is signed as it brings revenue: a share given back counts against it. `versions` has one row per
    estimate_id and recorded_at, with the closes of standing_estimates; `scenarios` those that it was made of.
#}
{% macro estimate_distributions(kinds, only='true', more=none) -%}
recorded as (
    select *
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind in ('{{ kinds | join("', '") }}')
        and book = '*'
        and {{ only }}
    {%- if more %}
        union all by name
        select * from {{ more }}
    {%- endif %}
),

outcomes as (
    select
        *,
        case kind when 'reversal_rate' then -value else value end as outcome,
        cast(coalesce(probability, 1) as decimal(10, 9)) as likelihood
    from recorded
),

{{ distributions_of('outcomes', [
    'min(kind) as kind', 'min(scope_type) as scope_type', 'min(scope_id) as scope_id', 'min(value_unit) as value_unit', 'min(currency) as currency',
    'min(method) as method', 'min(as_of_date) as as_of_date', 'max(applies_to) as applies_to', 'min(data_from) as data_from', 'max(data_to) as data_to',
    'min(known_until_at) as known_until_at',
    "max(case kind when 'reversal_rate' then -constrained_value else constrained_value end) as judged_outcome",
]) }},

{{ standing_estimates('distributions') }}
{%- endmacro %}

{#- Mean of values by their probabilities, for values of up to 19 digits before the point; without a probability there is one scenario. -#}
{% macro mean_of_scenarios(value, probability) -%}
    sum(cast(coalesce({{ probability }}, 1) as decimal(10, 9)) * cast({{ value }} as decimal(28, 9)))
{%- endmacro %}

{#-
    CTEs that make distributions of scenarios; the last is `distributions`, one row per estimate_id and recorded_at.

    outcomes: name of a CTE with estimate_id, recorded_at, outcome (signed as it brings revenue) and likelihood
    (decimal(10, 9), so that a product with amounts of up to 19 digits holds).
    described: further columns of the distribution, as aggregates over its scenarios.
-#}
{% macro distributions_of(outcomes, described=[]) -%}
scenarios as (
    select
        *,
        sum(likelihood) over (partition by estimate_id, recorded_at order by outcome desc) as at_least,
        sum(likelihood) over (partition by estimate_id, recorded_at order by outcome asc) as at_most,
        max(likelihood) over (partition by estimate_id, recorded_at) as greatest_likelihood
    from {{ outcomes }}
),

distributions as (
    select
        estimate_id,
        recorded_at,
        {%- for column in described %}
            {{ column }},
        {%- endfor %}
        count(*) as scenario_count,
        cast({{ mean_of_scenarios('outcome', 'likelihood') }} as decimal(38, 9)) as mean_outcome,
        -- of outcomes equally likely the one with less revenue
        min(case when likelihood = greatest_likelihood then outcome end) as mode_outcome,
        min(outcome) as least_outcome,
        max(outcome) as greatest_outcome,
        min(case when at_most >= 0.05 then outcome end) as worst_outcome,
        min(case when at_most >= 0.10 then outcome end) as tenth_outcome,
        min(case when at_most >= 0.50 then outcome end) as median_outcome,
        min(case when at_most >= 0.90 then outcome end) as ninetieth_outcome,
        -- a statistic and never money
        sqrt(greatest(0, sum(cast(likelihood as double) * cast(outcome as double) * cast(outcome as double)) - pow(sum(cast(likelihood as double) * cast(outcome as double)), 2))) as deviation
    from scenarios
    group by estimate_id, recorded_at
)
{%- endmacro %}

{#
    CTEs that constrain estimates: the one function for all that is variable, breakage and changes without a price
    among them (D6; ASC 606-10-32-11..12, IFRS 15.56..57). The last is `constrained`.

    subjects: name of a CTE with the columns of `versions` and, for each subject that an estimate is about: subject_id,
    entity_id, contract_id, known_from_ordinal; resolves_on (date, empty: not known), contract_amount (price of its contract
    in all, empty: not known), amount_per_value (money of one unit of the value), method_choice and constraint_choice (as elected).
    limited: condition on a subject under which its history is too short or thin to predict much.

    `constrained` adds expected_outcome, the factors of doubt, confidence (from their number), lower_outcome (the most of
    which the confidence says that the outcome is at least that), constrained_outcome and constraint_rule. It is never above
    the estimate. People's own constrained figure goes before the quantile, elections before both. A distribution that rests
    on less data than asked is no basis: actuals only, and of what lowers revenue the worst.
#}
{% macro constrained_estimates(subjects, limited='false') -%}
concessions as (
    select
        contracts.customer_id,
        min(given.known_ordinal) as known_ordinal
    from (
        select
            contract_id,
            known_ordinal
        from {{ ref('fct_credited_lines') }}
        where reason = 'concession'
        union all
        select
            contract_id,
            known_from_ordinal as known_ordinal
        from {{ ref('fct_credit_lots') }}
        where grant_kind = 'goodwill'
    ) as given
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = given.contract_id
    group by contracts.customer_id
),

doubted as (
    select
        subjects.*,
        case coalesce(nullif(subjects.method_choice, 'computed'), subjects.method)
            when 'most_likely' then subjects.mode_outcome
            else subjects.mean_outcome
        end as expected_outcome,
        -- measured from the least outcome where that lowers the price: a penalty that may not fall due is doubted as the bonus for it
        subjects.deviation > cast(policies.constraint_volatility as double) * cast(subjects.mean_outcome - least(0, subjects.least_outcome) as double) as is_volatile,
        coalesce({{ days_between('subjects.as_of_date', 'subjects.resolves_on') }} * 12 > policies.constraint_resolution_months * 366, false) as is_far_away,
        subjects.data_from is null or {{ limited }} as is_without_experience,
        concessions.customer_id is not null as has_conceded,
        subjects.ninetieth_outcome - subjects.tenth_outcome > cast(policies.constraint_outcome_range as decimal(10, 9)) * cast(subjects.median_outcome - least(0, subjects.least_outcome) as decimal(27, 9)) as is_broad,
        coalesce({{ days_between('subjects.data_from', 'subjects.data_to') }} * 12 < policies.constraint_history_months * 365, false) as lacks_history,
        policies.constraint_significance,
        policies.constraint_confidence,
        policies.constraint_confidence_two_factors,
        policies.constraint_confidence_three_factors,
        policies.constraint_confidence_four_factors
    from {{ subjects }} as subjects
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = subjects.entity_id
        and policies.from_ordinal <= subjects.known_from_ordinal
        and policies.to_ordinal > subjects.known_from_ordinal
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = subjects.contract_id
    left join concessions
        on concessions.customer_id = contracts.customer_id
        and concessions.known_ordinal <= subjects.known_from_ordinal
),

scored as (
    select
        * exclude (constraint_confidence, constraint_confidence_two_factors, constraint_confidence_three_factors, constraint_confidence_four_factors),
        case
            cast(is_volatile as integer) + cast(is_far_away as integer) + cast(is_without_experience as integer)
            + cast(has_conceded as integer) + cast(is_broad as integer)
            when 0 then constraint_confidence
            when 1 then constraint_confidence
            when 2 then constraint_confidence_two_factors
            when 3 then constraint_confidence_three_factors
            else constraint_confidence_four_factors
        end as confidence
    from doubted
),

quantiles as (
    select
        scored.subject_id,
        scored.estimate_id,
        scored.recorded_at,
        max(scenarios.outcome) as lower_outcome
    from scored
    inner join scenarios
        on scenarios.estimate_id = scored.estimate_id
        and scenarios.recorded_at = scored.recorded_at
        and scenarios.at_least >= scored.confidence
    group by scored.subject_id, scored.estimate_id, scored.recorded_at
),

ruled as (
    select
        scored.*,
        quantiles.lower_outcome,
        case
            when scored.constraint_choice = 'as_estimated' then 'D6.AS_ESTIMATED'
            when scored.constraint_choice = 'actuals_only' then 'D6.ACTUALS_ONLY'
            when scored.judged_outcome is not null then 'D6.JUDGED'
            when scored.lacks_history then 'D6.NO_HISTORY'
            when
                coalesce(
                    case scored.value_unit
                        when 'amount' then scored.expected_outcome - scored.worst_outcome
                        else {{ share_by_weight('scored.amount_per_value', 'scored.expected_outcome - scored.worst_outcome', 'cast(1 as decimal(38, 9))') }}
                    end
                    < cast(scored.contract_amount as decimal(27, 9)) * cast(scored.constraint_significance as decimal(10, 9)),
                    false
                )
                then 'D6.NOT_SIGNIFICANT'
            else 'D6.CONSTRAINED'
        end as constraint_rule
    from scored
    left join quantiles
        on quantiles.subject_id = scored.subject_id
        and quantiles.estimate_id = scored.estimate_id
        and quantiles.recorded_at = scored.recorded_at
),

constrained as (
    select
        * exclude (is_volatile, is_far_away, is_without_experience, has_conceded, is_broad, lacks_history, constraint_significance),
        concat_ws(
            ', ',
            case when is_volatile then 'volatile' end,
            case when is_far_away then 'resolves late' end,
            case when is_without_experience then case when data_from is null then 'no data stated' else 'limited experience' end end,
            case when has_conceded then 'concessions before' end,
            case when is_broad then 'broad outcomes' end
        ) as doubts,
        cast(least(expected_outcome, case constraint_rule
            when 'D6.JUDGED' then judged_outcome
            when 'D6.ACTUALS_ONLY' then least(0, least_outcome)
            when 'D6.NO_HISTORY' then least(0, least_outcome)
            when 'D6.CONSTRAINED' then lower_outcome
            else expected_outcome
        end) as decimal(38, 9)) as constrained_outcome
    from ruled
)
{%- endmacro %}

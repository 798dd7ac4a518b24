-- One row per usage line whose price cannot be rated, lacks a forecast, or is treated otherwise than by the close before.
with

-- Usage whose price is of a model, or has a part, that cannot be rated yet.
unrated_prices as (
    select
        'PRICE_NOT_RECOGNISED' as exception_code,
        'warn' as severity,
        rates.entity_id,
        lines.contract_id,
        rates.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'The price of this line cannot be rated yet (' || min(rates.not_rated_reason) || '): its usage is measured and nothing of it is posted.' as message
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rates.line_id
    where
        rates.next_revision = 99999999
        and rates.not_rated_reason not in ('NO_PRICE', 'BAD_CURRENCY')
    group by rates.entity_id, lines.contract_id, rates.line_id, lines.currency
),

-- Tiers that count across bills earn the average of the units expected (section 3.3).
estimates as (
    select latest.*
    from {{ ref('fct_usage_price_estimates') }} as latest
    inner join (
        select distinct line_id
        from {{ ref('fct_usage_rates') }}
        where
            next_revision = 99999999
            and {{ is_averaged('not_eligible_reason') }}
    ) as rates on rates.line_id = latest.line_id
    qualify row_number() over (partition by latest.run_number, latest.window_from_at order by latest.as_of_ordinal desc) = 1
),

not_relied_on as (
    select
        estimates.entity_id,
        estimates.contract_id,
        estimates.line_id,
        estimates.currency,
        estimates.rule_code = 'D7.NOT_APPROVED' as awaits_review,
        min(estimates.rule_code) as rule_code,
        sum(estimates.charged_amount) as charged_amount,
        cast(sum(estimates.whole_quantity) as decimal(38, 2)) as whole_quantity,
        cast(sum(estimates.estimated_amount) as decimal(38, 2)) as estimated_amount,
        cast(sum(estimates.estimated_before) as decimal(38, 2)) as estimated_before,
        cast(sum(estimates.constrained_amount) as decimal(38, 2)) as constrained_amount
    from estimates
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    where
        not estimates.is_relied_on
        and estimates.rule_code <> 'D6.ACTUALS_ONLY'
        and estimates.window_to_at > run.as_of
    group by estimates.entity_id, estimates.contract_id, estimates.line_id, estimates.currency, estimates.rule_code = 'D7.NOT_APPROVED'
),

histories as (
    select *
    from {{ ref('fct_usage_forecasts') }}
    qualify row_number() over (partition by line_id order by as_of_ordinal desc) = 1
),

forecasts_missing as (
    select
        case when missing.awaits_review then 'ESTIMATE_NOT_APPROVED' else 'MISSING_ESTIMATE' end as exception_code,
        'block' as severity,
        missing.entity_id,
        missing.contract_id,
        missing.line_id as subject,
        cast(missing.charged_amount as decimal(38, 9)) as amount,
        missing.currency,
        case
            when missing.awaits_review
                then
                    'History expects ' || cast(missing.whole_quantity as varchar) || ' units in the window of these tiers, for '
                    || cast(missing.estimated_amount as varchar) || ' in all (' || cast(missing.constrained_amount as varchar) || ' constrained'
                    || coalesce('; ' || cast(missing.estimated_before as varchar) || ' at the close before', '')
                    || coalesce('; ' || histories.cohort || ', ' || cast(histories.comparable_lines as varchar) || ' comparable lines', '')
                    || '): so large that a controller must decide, and until then only actuals are earned.'
                    || ' Record it, or another, as an estimate usage_forecast, in units, of the line.'
            else
                'The tiers of this price count across bills, and nothing that may count says how many units there will be (' || missing.rule_code
                || coalesce('; history: ' || histories.method_choice, '')
                || '): only actuals are earned, at the lowest rate where a tier would rate all units again.'
                || ' Record an estimate usage_forecast, in units, of the line.'
        end as message
    from not_relied_on as missing
    left join histories on histories.line_id = missing.line_id
),

treatments as (
    select
        entity_id,
        subject as line_id,
        outcome,
        rule_code,
        as_of_ordinal,
        lag(outcome) over (partition by subject order by as_of_ordinal) as outcome_before
    from {{ ref('fct_price_judgements') }}
    where decision_code = 'D4'
),

-- Shown for as long as the period that learned of it is open.
moved as (
    select
        treatments.entity_id,
        treatments.line_id,
        treatments.outcome_before,
        treatments.outcome,
        sum(case when {{ int_div('rated.revision', '10') }} < treatments.as_of_ordinal then rated.amount else 0 end) as amount_before,
        sum(case when rated.service_ordinal < treatments.as_of_ordinal then rated.amount else 0 end) as amount_after
    from treatments
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = treatments.entity_id
        and periods.period_ordinal = treatments.as_of_ordinal
        and periods.state = 'open'
    inner join {{ ref('fct_rated_usage') }} as rated on rated.line_id = treatments.line_id
    where treatments.outcome <> treatments.outcome_before
    group by treatments.entity_id, treatments.line_id, treatments.outcome_before, treatments.outcome
),

treatments_changed as (
    select
        'TREATMENT_CHANGED' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        cast(moved.amount_after - moved.amount_before as decimal(38, 9)) as amount,
        lines.currency,
        'A new price or election moves this line from ' || moved.outcome_before || ' to ' || moved.outcome
        || ': of use in earlier periods it had earned ' || cast(cast(moved.amount_before as decimal(38, 4)) as varchar)
        || ' and now has earned ' || cast(cast(moved.amount_after as decimal(38, 4)) as varchar) || '.' as message
    from moved
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = moved.line_id
),

int_exceptions__usage as (
    select * from unrated_prices
    union all
    select * from forecasts_missing
    union all
    select * from treatments_changed
)

select * from int_exceptions__usage

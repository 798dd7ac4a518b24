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
averaged as (
    select
        rates.line_id,
        max(scopes.scope_to_at) as last_scope_to_at
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('fct_usage_scopes') }} as scopes on scopes.line_segment_number = rates.line_segment_number
    where
        rates.next_revision = 99999999
        and (position('TIERS_ACROSS_BILLS' in rates.not_eligible_reason) > 0 or position('RETROACTIVE_VOLUME' in rates.not_eligible_reason) > 0)
    group by rates.line_id
),

forecasts as (
    select distinct scope_id as line_id
    from {{ accepted(ref('stg_estimates')) }}
    where kind = 'usage_forecast' and value_unit = 'units' and scope_type = 'line' and known_until_at is null
),

forecasts_missing as (
    select
        'MISSING_ESTIMATE' as exception_code,
        'block' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        cast(sum(rated.charged_amount) as decimal(38, 9)) as amount,
        lines.currency,
        'The tiers of this price count across bills, and nobody expects how many units there will be: only actuals are earned, at the lowest rate where a tier would rate all units again. Record an estimate usage_forecast, in units, of the line.' as message
    from averaged
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = averaged.line_id
    inner join {{ ref('fct_rated_usage') }} as rated on rated.line_id = averaged.line_id
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    left join forecasts on forecasts.line_id = averaged.line_id
    where
        forecasts.line_id is null
        and averaged.last_scope_to_at > run.as_of
    group by lines.entity_id, lines.contract_id, lines.line_id, lines.currency
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

-- One row per estimate or manual adjustment whose last version nobody has reviewed, or that waits for a second reviewer.
with

subjects as (
    select
        'estimates' as subject_table,
        estimate_id as subject_id,
        recorded_at as subject_recorded_at,
        case scope_type when 'contract' then scope_id end as contract_id,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        prepared_by,
        source_ref,
        -- a set of scenarios is reviewed as one: its expected value
        {{ mean_of_scenarios('value', 'probability') }} as value,
        min(value_unit) as value_unit,
        min(currency) as currency,
        kind || ' for ' || scope_type || ' ' || scope_id || ' as of ' || cast(max(as_of_date) as varchar) as description
    from {{ accepted(ref('stg_estimates')) }}
    where known_until_at is null
    group by estimate_id, recorded_at, scope_type, scope_id, prepared_by, source_ref, kind

    union all

    select
        'manual_adjustments' as subject_table,
        adjustment_id as subject_id,
        recorded_at as subject_recorded_at,
        contract_id,
        entity_id,
        period_id,
        prepared_by,
        source_ref,
        amount as value,
        'amount' as value_unit,
        currency,
        'Debit ' || debit_posting_role || ', credit ' || credit_posting_role || ': ' || reason as description
    from {{ accepted(ref('stg_manual_adjustments')) }}
    where known_until_at is null
),

-- A rejected version waits for another version and no longer for a reviewer.
reviewed as (
    select distinct
        subject_table,
        subject_id,
        subject_recorded_at
    from {{ accepted(ref('stg_reviews')) }}
    where known_until_at is null
    except
    select
        'estimates' as subject_table,
        estimate_id as subject_id,
        recorded_at as subject_recorded_at
    from {{ ref('fct_estimate_reviews') }}
    where review_status = 'awaited'
),

awaited as (
    select
        subjects.* exclude (entity_id, currency),
        coalesce(subjects.entity_id, contracts.entity_id) as entity_id,
        case when subjects.value_unit = 'amount' then coalesce(subjects.currency, contracts.currency) end as currency
    from subjects
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = subjects.contract_id
    left join reviewed
        on reviewed.subject_table = subjects.subject_table
        and reviewed.subject_id = subjects.subject_id
        and reviewed.subject_recorded_at = subjects.subject_recorded_at
    where reviewed.subject_id is null
),

fct_reviews_awaited as (
    select
        awaited.subject_table,
        awaited.subject_id,
        awaited.subject_recorded_at,
        awaited.entity_id,
        awaited.period_id,
        awaited.contract_id,
        awaited.prepared_by,
        awaited.source_ref,
        awaited.description,
        cast(awaited.value as decimal(38, 9)) as value,
        awaited.value_unit,
        awaited.currency,
        entities.reporting_currency,
        cast(
            case
                when abs(awaited.value) < 1000000000000000
                    then cast(awaited.value as decimal(20, 2)) * case when awaited.currency = entities.reporting_currency then 1 else rates.rate end
            end
            as decimal(38, 9)
        ) as reporting_amount,
        {{ days_between('cast(awaited.subject_recorded_at as date)', 'cast(run.as_of as date)') }} as age_days
    from awaited
    cross join {{ source('state', 'run_context') }} as run
    left join {{ ref('dim_entities') }} as entities on entities.entity_id = awaited.entity_id
    left join {{ ref('int_fx__last_rates') }} as rates
        on rates.from_currency = awaited.currency
        and rates.to_currency = entities.reporting_currency
)

select * from fct_reviews_awaited

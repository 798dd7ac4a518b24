-- One row per estimate that waits for its approval (also one of history about a minimum), contingent amount that nobody estimated, and estimate of an amount that fits no line.
with

lines as (
    select
        line_id,
        min(contract_id) as contract_id
    from {{ accepted(ref('stg_contract_lines')) }}
    group by line_id
),

not_approved as (
    select
        case review_status when 'awaited' then 'ESTIMATE_NOT_APPROVED' else 'ESTIMATE_SAMPLED' end as exception_code,
        case review_status when 'awaited' then 'block' else 'warn' end as severity,
        entity_id,
        cast(null as varchar) as contract_id,
        estimate_id as subject,
        cast(estimate_amount as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'An estimate (' || kind || ') about ' || cast(subject_count as varchar) || ' of lots or lines '
        || case
            when review_status = 'sampled' then 'is drawn for a look: it counts meanwhile.'
            when review_tier = 'dual' then 'needs two different reviewers, ' || cast(approvals as varchar) || ' approved it: it counts for nothing until both did.'
            else 'needs a controller: it counts for nothing until approved.'
        end as message
    from {{ ref('fct_estimate_reviews') }}
    where review_status in ('awaited', 'sampled')
),

not_estimated as (
    select
        'MISSING_ESTIMATE' as exception_code,
        'warn' as severity,
        consideration.entity_id,
        consideration.contract_id,
        consideration.line_id as subject,
        cast(consideration.amount as decimal(38, 9)) as amount,
        consideration.currency,
        'Nobody estimated what comes of a contingent amount (variable_consideration): a bonus counts for nothing, a reduction for the most it can be.' as message
    from {{ ref('fct_variable_consideration') }} as consideration
    where
        consideration.estimate_id is null
        and consideration.known_to_ordinal = 999999
        and consideration.rule_code = 'D6.NOT_ESTIMATED'
),

-- A stated amount that nothing takes up: its line is none, or its currency is not that of the contract.
not_applied as (
    select distinct
        'ESTIMATE_NOT_APPLIED' as exception_code,
        'warn' as severity,
        contracts.entity_id,
        contracts.contract_id,
        estimates.estimate_id as subject,
        cast(null as decimal(38, 9)) as amount,
        estimates.currency,
        'The estimate of variable consideration for ' || estimates.scope_type || ' ' || estimates.scope_id || ' fits no line in its currency: it counts for nothing.' as message
    from {{ accepted(ref('stg_estimates')) }} as estimates
    left join lines on lines.line_id = estimates.scope_id and estimates.scope_type = 'line'
    left join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = case estimates.scope_type when 'line' then lines.contract_id else estimates.scope_id end
    where
        estimates.kind = 'variable_consideration'
        and estimates.known_until_at is null
        and estimates.scope_type <> 'contract_event'
        and estimates.estimate_id not in (select estimate_id from {{ ref('fct_estimate_reviews') }})
        and estimates.estimate_id not in (select estimate_id from {{ ref('fct_unpriced_terms') }} where estimate_id is not null)
),

-- What history says of a minimum is an estimate of nobody until people record it.
not_recorded as (
    select
        'ESTIMATE_NOT_APPROVED' as exception_code,
        'block' as severity,
        estimates.entity_id,
        estimates.contract_id,
        estimates.grant_id as subject,
        cast(estimates.minimum_amount - estimates.expected_amount as decimal(38, 9)) as amount,
        estimates.currency,
        'History expects ' || cast(cast(estimates.expected_amount as decimal(38, 2)) as varchar) || ' to be charged of a minimum of '
        || cast(cast(estimates.minimum_amount as decimal(38, 2)) as varchar) || ' (' || cast(cast(estimates.constrained_amount as decimal(38, 2)) as varchar)
        || ' constrained; ' || cast(cast(estimates.charged_amount as decimal(38, 2)) as varchar) || ' charged to date'
        || coalesce('; ' || cast(cast(estimates.expected_before as decimal(38, 2)) as varchar) || ' at the close before', '')
        || coalesce('; ' || estimates.cohort, '') || '): a shortfall so large that a controller must decide, and until then only actuals are earned.'
        || ' Record it, or another, as an estimate usage_forecast, in amount, of the minimum.' as message
    from (
        select
            *,
            lag(expected_amount) over (partition by grant_id order by as_of_ordinal) as expected_before
        from {{ ref('fct_minimum_estimates') }}
        qualify row_number() over (partition by grant_id order by as_of_ordinal desc) = 1
    ) as estimates
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    inner join (
        select
            grant_id,
            used_source
        from {{ ref('fct_breakage_estimates') }}
        qualify row_number() over (partition by grant_id order by as_of_ordinal desc) = 1
    ) as used
        on used.grant_id = estimates.grant_id
        and used.used_source = 'use_history'
    where
        estimates.rule_code = 'D7.NOT_APPROVED'
        and estimates.window_to_at > run.as_of
),

int_exceptions__estimates as (
    select * from not_approved
    union all
    select * from not_recorded
    union all
    select * from not_estimated
    union all
    select * from not_applied
)

select * from int_exceptions__estimates

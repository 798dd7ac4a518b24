-- One row per outcome: where it stands today, its window and its fee.
with

resolutions as (
    select
        outcome_id,
        max(resolution_place) as last_place,
        count(*) as resolution_count,
        min(resolved_at) as first_resolved_at
    from {{ ref('fct_outcome_beliefs') }}
    where known_to_ordinal = 999999
    group by outcome_id
),

standing as (
    select
        beliefs.*,
        resolutions.resolution_count,
        resolutions.first_resolved_at
    from {{ ref('fct_outcome_beliefs') }} as beliefs
    inner join resolutions
        on resolutions.outcome_id = beliefs.outcome_id
        and resolutions.last_place = beliefs.resolution_place
    where beliefs.known_to_ordinal = 999999
),

resolved as (
    select
        standing.outcome_id,
        standing.contract_id,
        standing.line_id,
        standing.customer_id,
        standing.entity_id,
        standing.product_id,
        standing.subject_ref,
        standing.agent_ref,
        case
            when standing.is_given_back then 'given_back'
            when standing.is_reversed then 'reversed'
            when standing.confirmed_ordinal is not null then 'confirmed'
            when standing.is_disputed then 'disputed'
            else 'provisional'
        end as state,
        standing.resolution_count,
        standing.first_resolved_at,
        standing.resolved_at,
        standing.window_ends_at,
        case when standing.confirmed_ordinal is not null then standing.confirmed_at end as confirmed_at,
        standing.ended_at,
        standing.resolved_ordinal,
        standing.quantity,
        coalesce(counted.fee_amount, {{ amount_at_rate('standing.quantity', 'rates.rate_whole', 'rates.rate_rest') }}) as fee_amount
    from standing
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = standing.line_id
    left join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = standing.line_segment_number
        and rates.dim_1_value is null
        and rates.dim_2_value is null
        and rates.next_revision = 99999999
        and rates.rated_by = 'rate'
        and rates.unit_code = lines.currency
    -- what it costs depends on how many stand before it
    left join {{ ref('int_outcome_places__fees') }} as counted
        on counted.outcome_id = standing.outcome_id
        and counted.resolution_place = standing.resolution_place
        and counted.unit_code = lines.currency
),

-- Attempts that reached nothing, or nothing yet.
attempted as (
    select
        outcome_id,
        max_by(contract_id, place) as contract_id,
        max_by(line_id, place) as line_id,
        max_by(customer_id, place) as customer_id,
        max_by(entity_id, place) as entity_id,
        max_by(product_id, place) as product_id,
        max_by(subject_ref, place) as subject_ref,
        max_by(agent_ref, place) as agent_ref,
        max_by(state, place) as state,
        max_by(quantity, place) as quantity
    from {{ ref('fct_outcome_events') }}
    where withdrawn_at is null and outcome_id not in (select outcome_id from resolutions)
    group by outcome_id
),

united as (
    select * from resolved
    union all by name
    select * from attempted
),

fct_outcomes as (
    select
        united.outcome_id,
        united.contract_id,
        united.line_id,
        united.customer_id,
        united.entity_id,
        united.product_id,
        united.subject_ref,
        united.agent_ref,
        united.state,
        cast(coalesce(united.resolution_count, 0) as integer) as resolution_count,
        united.first_resolved_at,
        united.resolved_at as occurred_at,
        periods.period_id as occurred_period_id,
        united.window_ends_at,
        united.confirmed_at,
        united.ended_at,
        united.quantity,
        contracts.currency,
        cast(united.fee_amount as decimal(38, 18)) as fee_amount
    from united
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = united.contract_id
    left join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = united.entity_id
        and periods.period_ordinal = united.resolved_ordinal
)

select * from fct_outcomes

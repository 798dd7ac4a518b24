-- One row per contract that both parties may leave unperformed at no cost: the first close that knew either of them to have performed, if any (D1; ASC 606-10-25-4, IFRS 15.12).
with

leavable as (
    select
        contract_id,
        entity_id,
        time_zone
    from {{ ref('int_contracts__first_terms') }}
    where
        termination_right = 'either'
        and termination_fee_amount = 0
        and coalesce(termination_from <= effective_from, true)
),

first_lines as (
    select lines.*
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join leavable on leavable.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'leavable.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null
    {{ as_first_known('lines.line_id', 'lines') }}
),

performed as (
    select
        usage.contract_id,
        greatest(usage.service_ordinal, usage.known_ordinal) as performed_ordinal
    from {{ ref('fct_usage_by_period') }} as usage
    inner join leavable on leavable.contract_id = usage.contract_id

    union all

    select
        outcomes.contract_id,
        {{ int_div('outcomes.revision', '10') }} as performed_ordinal
    from {{ ref('fct_outcome_measures') }} as outcomes
    inner join leavable on leavable.contract_id = outcomes.contract_id
    where outcomes.measure = 'resolved'

    union all

    select
        deliveries.contract_id,
        deliveries.known_ordinal as performed_ordinal
    from {{ ref('fct_deliveries') }} as deliveries
    inner join leavable on leavable.contract_id = deliveries.contract_id

    union all

    -- readiness is performed from its first day on
    select
        lines.contract_id,
        greatest(begun.period_ordinal, known.period_ordinal) as performed_ordinal
    from first_lines as lines
    inner join leavable on leavable.contract_id = lines.contract_id
    inner join {{ ref('dim_products') }} as products
        on products.product_id = lines.product_id
        and products.product_kind in ('access', 'support')
    {{ join_period_of('begun', 'leavable.entity_id', instant('service_start', 'leavable.time_zone', 'lines')) }}
    {{ join_known_period('known', 'leavable.entity_id', 'lines.recorded_at') }}
    where lines.line_kind in ('fixed_fee', 'minimum_commitment', 'included_credits')

    union all

    select
        cash.contract_id,
        greatest(cash.known_ordinal, happened.period_ordinal) as performed_ordinal
    from {{ ref('fct_cash_events') }} as cash
    inner join leavable on leavable.contract_id = cash.contract_id
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.occurred_date') }}
    where
        cash.kind = 'payment'
        and cash.reason_code is null
),

int_contracts__first_performance as (
    select
        leavable.contract_id,
        min(performed.performed_ordinal) as performed_ordinal
    from leavable
    left join performed on performed.contract_id = leavable.contract_id
    group by leavable.contract_id
)

select * from int_contracts__first_performance

{{ config(materialized='view') }} {#- names of periods beside what int_outcome_events__placed keeps -#}
-- One row per accepted outcome event on a contract line: each change of state of an outcome with the time at which it happened and the one since which it was known.
with

fct_outcome_events as (
    select
        events.outcome_event_id,
        events.source_system,
        events.outcome_id,
        cast(events.place as integer) as place,
        events.state,
        events.subject_ref,
        events.agent_ref,
        events.reason,
        events.product_id,
        events.charged_line_id as line_id,
        events.charged_contract_id as contract_id,
        events.charged_customer_id as customer_id,
        events.entity_id,
        events.quantity,
        events.happened_at as occurred_at,
        events.recorded_at,
        events.known_until_at as withdrawn_at,
        happened.period_id as occurred_period_id,
        known.period_id as known_period_id
    from {{ ref('int_outcome_events__placed') }} as events
    left join {{ ref('dim_accounting_periods') }} as happened
        on happened.entity_id = events.entity_id
        and happened.period_ordinal = events.happened_ordinal
    left join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = events.entity_id
        and known.period_ordinal = events.known_ordinal
    where events.line_segment_number is not null
)

select * from fct_outcome_events

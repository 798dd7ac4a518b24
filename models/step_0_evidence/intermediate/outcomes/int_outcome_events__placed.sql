-- One row per accepted outcome event: the contract line it is charged on, its place among those of its outcome, and the closes that knew it.
--
-- An outcome finds its line by the state it begins with, and again each time it is resolved; what follows stays with
-- it, also after the contract ended (E53). What finds no line waits.
with

events as (
    select
        *,
        {{ outcomes_of('product_id') }} as meter_id
    from {{ accepted(ref('stg_outcome_events')) }}
),

routed as (
    select
        events.*,
        routes.line_segment_number as own_segment_number,
        routes.routed_at as own_routed_at
    from events
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = {{ cited_route_key('events') }}
        and routes.from_at <= {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.to_at > {{ instant('occurred_at', 'routes.time_zone', 'events') }}
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
        and events.state in ('attempted', 'provisional')
),

carried as (
    select
        *,
        row_number() over so_far as place,
        last_value(own_segment_number ignore nulls) over so_far as line_segment_number,
        max(own_routed_at) over so_far as routed_at
    from routed
    window so_far as (
        partition by outcome_id order by occurred_at, seq_no nulls first, recorded_at, outcome_event_id
        rows between unbounded preceding and current row
    )
),

dated as (
    select
        carried.*,
        segments.line_id as charged_line_id,
        segments.contract_id as charged_contract_id,
        segments.customer_id as charged_customer_id,
        segments.entity_id,
        segments.from_at as segment_from_at,
        greatest(carried.recorded_at, carried.routed_at) as known_at,
        {{ instant('occurred_at', 'entities.time_zone', 'carried') }} as happened_at,
        {{ instant('window_ends_at', 'entities.time_zone', 'carried') }} as stated_window_ends_at
    from carried
    left join {{ ref('int_usage_line_segments') }} as segments on segments.line_segment_number = carried.line_segment_number
    left join {{ ref('dim_entities') }} as entities on entities.entity_id = segments.entity_id
),

int_outcome_events__placed as (
    select
        dated.input_row,
        dated.source_system,
        dated.outcome_event_id,
        dated.outcome_id,
        dated.place,
        dated.state,
        dated.subject_ref,
        dated.agent_ref,
        dated.reason,
        dated.product_id,
        dated.meter_id,
        dated.customer_id,
        dated.contract_id as cited_contract_id,
        dated.line_id as cited_line_id,
        dated.quantity,
        dated.line_segment_number,
        dated.segment_from_at,
        dated.charged_line_id,
        dated.charged_contract_id,
        dated.charged_customer_id,
        dated.entity_id,
        dated.happened_at,
        dated.recorded_at,
        dated.known_until_at,
        dated.stated_window_ends_at,
        happened.period_ordinal as happened_ordinal,
        greatest(happened.period_ordinal, known.period_ordinal) as known_ordinal,
        case when withdrawn.period_ordinal is not null then greatest(happened.period_ordinal, known.period_ordinal, withdrawn.period_ordinal) else 999999 end as until_ordinal
    from dated
    left join {{ ref('dim_accounting_days') }} as happened
        on happened.entity_id = dated.entity_id
        and happened.utc_date = cast(dated.happened_at as date)
        and happened.from_at <= dated.happened_at
        and happened.to_at > dated.happened_at
    left join {{ ref('dim_knowledge_days') }} as known
        on known.entity_id = dated.entity_id
        and known.utc_date = cast(dated.known_at as date)
        and known.after_at < dated.known_at
        and known.until_at >= dated.known_at
    left join {{ ref('dim_knowledge_days') }} as withdrawn
        on withdrawn.entity_id = dated.entity_id
        and withdrawn.utc_date = cast(dated.known_until_at as date)
        and withdrawn.after_at < dated.known_until_at
        and withdrawn.until_at >= dated.known_until_at
)

select * from int_outcome_events__placed

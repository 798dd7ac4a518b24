-- One row per reading of a meter that does not add up (max, last, unique, time_weighted), netted of its withdrawal.
with

int_usage_levels__readings as (
    select
        routes.line_id,
        routes.aggregation,
        -- for unique meters the first dimension is the thing counted, not a price dimension
        case when routes.aggregation = 'unique' then null else events.dim_1_value end as dim_1_value,
        events.dim_2_value,
        events.non_billable_reason,
        events.is_withdrawal,
        case when routes.aggregation = 'unique' then events.dim_1_value end as counted_value,
        events.occurred_at,
        days.local_date,
        days.period_ordinal as service_ordinal,
        greatest(days.period_ordinal, late.period_ordinal) as known_ordinal,
        abs(events.quantity) as quantity,
        cast(sum(events.event_count) as bigint) as event_count
    from {{ ref('int_usage_events__counted') }} as events
    inner join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = case
            when events.line_id is not null then 3
            when events.contract_id is not null then 2
            else 1
        end
        and routes.cited_id = coalesce(events.line_id, events.contract_id, events.customer_id)
        and routes.meter_id = events.meter_id
        and routes.from_at <= events.occurred_at
        and routes.to_at > events.occurred_at
        and routes.recorded_from_at <= events.recorded_at
        and routes.recorded_until_at > events.recorded_at
        and routes.aggregation not in ('sum', 'count')
    inner join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routes.entity_id
        and days.utc_date = cast(events.occurred_at as date)
        and days.from_at <= events.occurred_at
        and days.to_at > events.occurred_at
    left join {{ ref('dim_knowledge_days') }} as late
        on late.entity_id = routes.entity_id
        and late.utc_date = case
            when greatest(events.recorded_at, routes.routed_at) > days.knowledge_cutoff_at
                then cast(greatest(events.recorded_at, routes.routed_at) as date)
        end
        and greatest(events.recorded_at, routes.routed_at) > late.after_at
        and greatest(events.recorded_at, routes.routed_at) <= late.until_at
    -- says the same as the join, before it: few meters are of this kind, and most rows end here
    where
        events.meter_id in (
            select meter_id from {{ ref('dim_meters') }}
            where aggregation not in ('sum', 'count')
        )
    group by all
)

select * from int_usage_levels__readings

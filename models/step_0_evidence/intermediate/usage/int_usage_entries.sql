{{ config(materialized='view') }} {#- each of its two readers takes another part of it -#}
-- One row per group of usage events, and one signed row per event that the groups count wrongly, with route, day and known period.
with

groups as (
    select
        file_id,
        route_key,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_local_time,
        false as is_withdrawal,
        reading_at,
        reading,
        first_occurred_at,
        last_occurred_at,
        first_recorded_at,
        last_recorded_at,
        cast(null as timestamp) as withdrawn_at,
        quantity,
        carried_amount as rated_amount,
        event_count,
        cast(null as varchar) as rated_currency,
        false as is_single
    from {{ ref('int_usage_groups') }}
),

single as (
    select
        *,
        {{ cited_route_key('judged') }} as route_key,
        {{ is_local_time('judged') }} as is_local_time,
        case when row_state = 'accepted' then 1 else 0 end - case when is_grouped then 1 else 0 end as miscounted
    from {{ ref('int_usage_events__set_aside') }} as judged
    where content_reason is null and not is_retracted
),

-- A repeat that its group counts is taken out; an event that was not yet known when its file was read is put in.
corrected as (
    select
        file_id,
        route_key,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_local_time,
        false as is_withdrawal,
        occurred_at as reading_at,
        quantity as reading,
        occurred_at as first_occurred_at,
        occurred_at as last_occurred_at,
        recorded_at as first_recorded_at,
        recorded_at as last_recorded_at,
        cast(null as timestamp) as withdrawn_at,
        miscounted * quantity as quantity,
        rated_amount,
        miscounted as event_count,
        rated_currency,
        true as is_single
    from single
    where miscounted <> 0
),

withdrawn as (
    select
        file_id,
        route_key,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_local_time,
        true as is_withdrawal,
        occurred_at as reading_at,
        quantity as reading,
        occurred_at as first_occurred_at,
        occurred_at as last_occurred_at,
        recorded_at as first_recorded_at,
        recorded_at as last_recorded_at,
        known_until_at as withdrawn_at,
        -quantity as quantity,
        rated_amount,
        -1 as event_count,
        rated_currency,
        true as is_single
    from single
    where row_state = 'accepted' and known_until_at is not null
),

entries as (
    select * from groups
    union all
    select * from corrected
    union all
    select * from withdrawn
),

routed as (
    select
        entries.* exclude (rated_amount, rated_currency, is_single) replace (
            -- a group knows it already
            case when is_single then {{ non_billable_reason('entries', 'routes') }} else non_billable_reason end as non_billable_reason,
            {{ used_at('entries', 'first_occurred_at') }} as first_occurred_at,
            {{ used_at('entries', 'last_occurred_at') }} as last_occurred_at,
            {{ used_at('entries', 'reading_at') }} as reading_at
        ),
        routes.line_segment_number,
        routes.line_id,
        routes.entity_id,
        routes.aggregation,
        routes.rates_events_alone,
        case when routes.carried_currency is not null then case when entries.is_single then entries.event_count else 1 end * entries.rated_amount end as carried_amount,
        greatest(entries.last_recorded_at, routes.routed_at, entries.withdrawn_at) as known_at
    from entries
    inner join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = entries.route_key
        and routes.from_at <= {{ used_at('entries', 'first_occurred_at') }}
        and routes.to_at > {{ used_at('entries', 'last_occurred_at') }}
        and routes.recorded_from_at <= entries.first_recorded_at
        and routes.recorded_until_at > entries.last_recorded_at
),

int_usage_entries as (
    select
        routed.*,
        days.local_date as usage_date,
        days.period_ordinal as service_ordinal,
        greatest(days.period_ordinal, late.period_ordinal) as known_ordinal
    from routed
    inner join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routed.entity_id
        and days.utc_date = cast(routed.first_occurred_at as date)
        and days.from_at <= routed.first_occurred_at
        and days.to_at > routed.last_occurred_at
    left join {{ ref('dim_knowledge_days') }} as late
        on late.entity_id = routed.entity_id
        and late.utc_date = case when days.knowledge_cutoff_at < routed.known_at then cast(routed.known_at as date) end
        and late.after_at < routed.known_at
        and late.until_at >= routed.known_at
)

select * from int_usage_entries

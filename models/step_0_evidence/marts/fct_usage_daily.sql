{{ config(materialized='view') }} {#- at scale this grain hardly reduces the events: it is stored once, narrow, and named here -#}
-- One row per contract line, meter, dimensions, accounting day, known period and kind of entry.
with

additive as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_withdrawal,
        usage_date,
        service_ordinal,
        known_ordinal,
        quantity,
        carried_amount,
        event_count
    from {{ ref('int_usage_by_day') }}
),

levels as (
    select
        segments.line_segment_number,
        levels.dim_1_value,
        levels.dim_2_value,
        cast(null as varchar) as non_billable_reason,
        false as is_withdrawal,
        levels.usage_date,
        levels.service_ordinal,
        levels.known_ordinal,
        levels.quantity,
        cast(null as decimal(38, 9)) as carried_amount,
        cast(0 as bigint) as event_count
    from {{ ref('int_usage_levels_by_day') }} as levels
    inner join {{ ref('int_usage_line_segments') }} as segments
        on segments.line_id = levels.line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = segments.entity_id
    -- the segment in force at the end of the day
    qualify row_number() over (
        partition by levels.line_id, levels.dim_1_value, levels.dim_2_value, levels.usage_date, levels.known_ordinal
        order by case when cast({{ local_from_utc('segments.from_at', 'entities.time_zone') }} as date) <= levels.usage_date then 0 else 1 end, segments.from_at desc
    ) = 1
),

entries as (
    select * from additive
    union all
    select * from levels
),

fct_usage_daily as (
    select
        segments.entity_id,
        segments.customer_id,
        segments.contract_id,
        segments.line_id,
        segments.meter_id,
        segments.line_segment_number,
        entries.dim_1_value,
        entries.dim_2_value,
        entries.non_billable_reason,
        entries.is_withdrawal,
        entries.usage_date,
        service.period_id as service_period_id,
        known.period_id as known_period_id,
        entries.service_ordinal,
        entries.known_ordinal,
        entries.quantity,
        entries.carried_amount,
        entries.event_count
    from entries
    inner join {{ ref('int_usage_line_segments') }} as segments
        on segments.line_segment_number = entries.line_segment_number
    inner join {{ ref('dim_accounting_periods') }} as service
        on service.entity_id = segments.entity_id
        and service.period_ordinal = entries.service_ordinal
    inner join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = segments.entity_id
        and known.period_ordinal = entries.known_ordinal
)

select * from fct_usage_daily

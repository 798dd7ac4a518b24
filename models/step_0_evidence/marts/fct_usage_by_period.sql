-- One row per line segment, dimensions, service period, known period and kind of entry: billable usage as the core needs it.
with

billable as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        is_withdrawal,
        service_ordinal,
        known_ordinal,
        -- of events that carry what they cost, that is what is priced
        sum(coalesce(carried_amount, quantity)) as quantity
    from {{ ref('int_usage_by_day') }}
    where non_billable_reason is null
    group by all
),

-- What a contained meter counted is not billed again by the meter that contains it.
deducted as (
    select
        parts.container_segment_number as line_segment_number,
        billable.dim_1_value,
        billable.dim_2_value,
        billable.is_withdrawal,
        billable.service_ordinal,
        billable.known_ordinal,
        -billable.quantity as quantity
    from billable
    inner join {{ ref('int_usage_line_segments') }} as parts
        on parts.line_segment_number = billable.line_segment_number
        and parts.container_segment_number is not null
),

levels as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        is_withdrawal,
        service_ordinal,
        known_ordinal,
        quantity
    from {{ ref('fct_usage_daily') }}
    where meter_id in (
        select meter_id from {{ ref('dim_meters') }}
        where aggregation not in ('sum', 'count')
    )
),

entries as (
    select * from billable
    union all by name
    select * from deducted
    union all by name
    select * from levels
),

fct_usage_by_period as (
    select
        segments.entity_id,
        segments.contract_id,
        segments.line_id,
        segments.meter_id,
        segments.line_segment_number,
        segments.from_at as segment_from_at,
        segments.to_at as segment_to_at,
        entries.dim_1_value,
        entries.dim_2_value,
        entries.is_withdrawal,
        entries.service_ordinal,
        entries.known_ordinal,
        cast(sum(entries.quantity) as decimal(38, 9)) as quantity
    from entries
    inner join {{ ref('int_usage_line_segments') }} as segments
        on segments.line_segment_number = entries.line_segment_number
    group by all
)

select * from fct_usage_by_period

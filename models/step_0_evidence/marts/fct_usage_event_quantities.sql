-- One row per line segment, dimensions, quantity of an event, service period, known period and kind of entry: how many events had it.
--
-- Of lines with a price that rates each event alone: the charge of an event is a function of its
-- quantity, and equal quantities cost the same, whatever the price is or is corrected to.
with

events as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        is_withdrawal,
        service_ordinal,
        known_ordinal,
        case aggregation when 'count' then cast(1 as decimal(38, 9)) else reading end as event_quantity,
        cast(sum(event_count) as bigint) as event_count
    from {{ ref('int_usage_entries') }}
    -- the reading says more than the line: it can be asked before anything is joined
    where reading is not null and rates_events_alone and non_billable_reason is null
    group by all
    having sum(event_count) <> 0
),

fct_usage_event_quantities as (
    select
        segments.entity_id,
        segments.contract_id,
        segments.line_id,
        segments.line_segment_number,
        segments.from_at as segment_from_at,
        events.dim_1_value,
        events.dim_2_value,
        events.is_withdrawal,
        events.service_ordinal,
        events.known_ordinal,
        events.event_quantity,
        events.event_count
    from events
    inner join {{ ref('int_usage_line_segments') }} as segments
        on segments.line_segment_number = events.line_segment_number
)

select * from fct_usage_event_quantities

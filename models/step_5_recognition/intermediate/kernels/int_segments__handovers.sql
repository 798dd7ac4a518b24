-- One row per modified line earned at handover, segment and belief: its price, and how much of it was handed over within the segment.
--
-- What remains of the price belongs to what remains to be handed over: parts are counted in
-- millionths of a unit. A change after everything has passed has nothing left to wait for.
with

fees as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        segment_number,
        segment_from_date,
        cast(coalesce(nullif(max(quantity), 0), 1) * 1000000 as {{ wide_integer() }}) as whole,
        cast(sum(allocated_amount) as decimal(38, 18)) as price
    from {{ ref('fct_allocated_fees') }}
    where pattern in {{ patterns_by_handover() }} and is_modified
    group by all
),

-- Where neither amount nor quantity of the line changes, no segment of it begins.
changed as (
    select *
    from fees
    window in_order as (partition by line_id, believed_from_ordinal order by segment_number)
    qualify
        whole is distinct from lag(whole) over in_order
        or price is distinct from lag(price) over in_order
),

handovers as (
    select
        deliveries.line_id,
        deliveries.occurred_date,
        deliveries.measure,
        deliveries.measure_value,
        deliveries.known_ordinal,
        coalesce(deliveries.withdrawn_ordinal, 999999) as withdrawn_ordinal
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = deliveries.line_id
        and lines.pattern in {{ patterns_by_handover() }}
        and deliveries.kind = lines.passes_on
    where deliveries.line_id in (select line_id from fees)
),

arrivals as (
    select
        line_id,
        believed_from_ordinal as known_ordinal,
        arrived_family as family
    from fees
    union all
    select
        line_id,
        known_ordinal,
        {{ family('usage') }} as family
    from handovers
    union all
    select
        line_id,
        withdrawn_ordinal as known_ordinal,
        {{ family('void') }} as family
    from handovers
    where withdrawn_ordinal < 999999
),

closes as (
    select
        line_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by line_id order by known_ordinal) as known_to_ordinal,
        max(family) as arrived_family,
        lead(max(family), 1, {{ family('modification') }}) over (partition by line_id order by known_ordinal) as replaced_family
    from arrivals
    group by line_id, known_ordinal
),

segments as (
    select
        changed.* exclude (believed_from_ordinal, known_to_ordinal, arrived_family, segment_from_date),
        closes.known_from_ordinal,
        closes.known_to_ordinal,
        closes.arrived_family,
        closes.replaced_family,
        cast(row_number() over in_order - 1 as integer) as segment_position,
        case when row_number() over in_order > 1 then changed.segment_from_date end as segment_from_date,
        lead(changed.segment_from_date) over in_order as segment_to_date
    from closes
    inner join changed
        on changed.line_id = closes.line_id
        and changed.believed_from_ordinal <= closes.known_from_ordinal
        and changed.known_to_ordinal > closes.known_from_ordinal
    window in_order as (partition by closes.line_id, closes.known_from_ordinal order by changed.segment_number)
),

-- A handover that states no part passes all that is left.
handed_over as (
    select
        segments.line_id,
        segments.known_from_ordinal,
        segments.segment_position,
        coalesce(bool_or(handovers.line_id is not null and coalesce(handovers.measure, '') not in ('units', 'percent')), false) as passes_all,
        coalesce(sum(
            case handovers.measure
                when 'units' then cast(handovers.measure_value * 1000000 as {{ wide_integer() }})
                when 'percent' then {{ int_div('cast(handovers.measure_value * 1000000 as ' ~ wide_integer() ~ ') * segments.whole', '100000000') }}
                else 0
            end
        ), 0) as parts
    from segments
    left join handovers
        on handovers.line_id = segments.line_id
        and handovers.known_ordinal <= segments.known_from_ordinal
        and handovers.withdrawn_ordinal > segments.known_from_ordinal
        and handovers.occurred_date >= coalesce(segments.segment_from_date, handovers.occurred_date)
        and handovers.occurred_date < coalesce(segments.segment_to_date, cast(handovers.occurred_date + interval 1 day as date))
    group by segments.line_id, segments.known_from_ordinal, segments.segment_position
),

passed as (
    select
        segments.*,
        handed_over.passes_all,
        least(segments.whole, coalesce(sum(
            case when handed_over.passes_all then segments.whole else handed_over.parts end
        ) over (
            partition by segments.line_id, segments.known_from_ordinal order by segments.segment_position
            rows between unbounded preceding and 1 preceding
        ), 0)) as passed_before,
        handed_over.parts
    from segments
    inner join handed_over
        on handed_over.line_id = segments.line_id
        and handed_over.known_from_ordinal = segments.known_from_ordinal
        and handed_over.segment_position = segments.segment_position
),

int_segments__handovers as (
    select
        * exclude (whole, passed_before, parts, passes_all),
        cast(whole as decimal(38, 0)) as whole,
        cast(whole - passed_before as decimal(38, 0)) as left_to_pass,
        cast(case when passes_all then whole - passed_before else least(parts, whole - passed_before) end as decimal(38, 0)) as passed
    from passed
)

select * from int_segments__handovers

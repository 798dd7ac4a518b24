-- One row per part of a modified line earned at handover, component, segment and belief: its price, and how much of it was handed over within the segment.
--
-- What remains of the price belongs to what remains to be handed over: parts are counted in
-- millionths of a unit. Handovers name the line: they serve its parts in the order in which these
-- were agreed. A change after everything has passed has nothing left to wait for.
with

members as (
    select * from {{ ref('int_segments__members') }}
    where pattern in {{ patterns_by_handover() }}
),

fees as (
    select
        members.*,
        fees.line_id,
        fees.part_id,
        bool_and(fees.quantity is not null) as has_quantity,
        cast(coalesce(nullif(max(fees.quantity), 0), 1) * 1000000 as {{ wide_integer() }}) as whole,
        cast(sum(case when members.segment_position = 0 then fees.allocated_amount else fees.stated_amount end) as decimal(38, 18)) as price,
        cast(sum(fees.stated_amount) as decimal(38, 18)) as stated_price,
        cast(sum(fees.standalone_amount) as decimal(38, 18)) as standalone_whole
    from members
    inner join {{ ref('fct_allocated_fees') }} as fees
        on {{ fees_of_segment('fees', 'members') }}
    group by all
),

-- Where the parts of a line begin, by what each close last believed of their quantities.
latest_parts as (
    select distinct
        fees.pool_id,
        fees.known_from_ordinal,
        fees.line_id,
        parts.part_id,
        cast(coalesce(nullif(parts.quantity, 0), 1) * 1000000 as {{ wide_integer() }}) as whole
    from (
        select distinct
            pool_id,
            known_from_ordinal,
            line_id
        from fees
    ) as fees
    inner join {{ ref('fct_allocated_fees') }} as parts
        on parts.line_id = fees.line_id
        and parts.is_latest_segment
        and parts.believed_from_ordinal <= fees.known_from_ordinal
        and parts.known_to_ordinal > fees.known_from_ordinal
    where fees.line_id in (select line_id from {{ ref('fct_allocated_fees') }} where part_id <> line_id)
),

parts as (
    select
        pool_id,
        known_from_ordinal,
        part_id,
        coalesce(sum(whole) over (
            partition by pool_id, known_from_ordinal, line_id
            order by case when part_id = line_id then 0 else 1 end, part_id
            rows between unbounded preceding and 1 preceding
        ), 0) as begins_at,
        sum(whole) over (partition by pool_id, known_from_ordinal, line_id) as line_whole
    from latest_parts
),

placed as (
    select
        fees.*,
        coalesce(parts.begins_at, 0) as begins_at,
        coalesce(parts.line_whole, fees.whole) as line_whole
    from fees
    left join parts
        on parts.pool_id = fees.pool_id
        and parts.known_from_ordinal = fees.known_from_ordinal
        and parts.part_id = fees.part_id
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
        and lines.passes_on = deliveries.kind
    where deliveries.line_id in (select line_id from fees)
),

-- A handover that states no part passes all that is left of its line.
handed_over as (
    select
        placed.pool_id,
        placed.component,
        placed.known_from_ordinal,
        placed.segment_position,
        placed.part_id,
        coalesce(bool_or(handovers.line_id is not null and coalesce(handovers.measure, '') not in ('units', 'percent')), false) as passes_all,
        coalesce(sum(
            case handovers.measure
                when 'units' then cast(handovers.measure_value * 1000000 as {{ wide_integer() }})
                when 'percent' then {{ int_div('cast(handovers.measure_value * 1000000 as ' ~ wide_integer() ~ ') * placed.line_whole', '100000000') }}
                else 0
            end
        ), 0) as line_parts
    from placed
    left join handovers
        on handovers.line_id = placed.line_id
        and handovers.known_ordinal <= placed.known_from_ordinal
        and handovers.withdrawn_ordinal > placed.known_from_ordinal
        and handovers.occurred_date >= coalesce(placed.segment_from_date, handovers.occurred_date)
        and handovers.occurred_date < coalesce(placed.segment_to_date, cast(handovers.occurred_date + interval 1 day as date))
    group by placed.pool_id, placed.component, placed.known_from_ordinal, placed.segment_position, placed.part_id
),

counted as (
    select
        placed.*,
        -- what passes all passes what no quantity reaches
        sum(case when handed_over.passes_all then placed.line_whole else handed_over.line_parts end) over in_order as line_parts_so_far,
        case when handed_over.passes_all then placed.line_whole else handed_over.line_parts end as line_parts
    from placed
    inner join handed_over
        on handed_over.pool_id = placed.pool_id
        and handed_over.component = placed.component
        and handed_over.known_from_ordinal = placed.known_from_ordinal
        and handed_over.segment_position = placed.segment_position
        and handed_over.part_id = placed.part_id
    window in_order as (
        partition by placed.pool_id, placed.component, placed.known_from_ordinal, placed.part_id order by placed.segment_position
    )
),

int_segments__handovers as (
    select
        * exclude (whole, begins_at, line_whole, line_parts, line_parts_so_far),
        cast(whole as decimal(38, 0)) as whole,
        cast(line_whole as decimal(38, 0)) as line_whole,
        -- handed over of the line before the segment, counted from where the part begins
        cast(line_parts_so_far - line_parts - begins_at as decimal(38, 0)) as line_passed_before,
        cast(whole - greatest(0, least(whole, line_parts_so_far - line_parts - begins_at)) as decimal(38, 0)) as left_to_pass,
        cast(greatest(0, least(whole, line_parts_so_far - begins_at)) - greatest(0, least(whole, line_parts_so_far - line_parts - begins_at)) as decimal(38, 0)) as passed
    from counted
)

select * from int_segments__handovers

-- One row per member of a pool, segment and belief: what its terms price and what share of what remains it earns within the segment, for the fold.
--
-- A member is one clock: the days of a strand, what is handed over of a part of a line, or the
-- progress of work. The share has two factors: whole intervals passed, and part of the last one.
with

-- How much of what remains a segment earns before the next one begins: whole intervals, and part of one.
passed_days as (
    select
        segments.pool_id,
        segments.component,
        segments.strand_id,
        segments.known_from_ordinal,
        segments.segment_position,
        days.weight_before,
        days.weight,
        days.whole_weight,
        {{ days_between('days.from_date', 'segments.segment_to_date') }} as passed_days,
        {{ days_between('days.from_date', 'days.to_date') }} as interval_days
    from {{ ref('int_segments') }} as segments
    inner join {{ ref('int_segments__days') }} as days
        on days.pool_id = segments.pool_id
        and days.component = segments.component
        and days.strand_id = segments.strand_id
        and days.known_from_ordinal = segments.known_from_ordinal
        and days.segment_position = segments.segment_position
        and days.from_date < segments.segment_to_date
    qualify row_number() over (
        partition by segments.pool_id, segments.component, segments.strand_id, segments.known_from_ordinal, segments.segment_position
        order by days.interval_number desc
    ) = 1
),

steps as (
    select
        segments.pool_id,
        segments.component,
        segments.known_from_ordinal,
        segments.segment_position,
        segments.obligation_id,
        segments.strand_id,
        segments.strand_id as member_id,
        -- of terms without an end nothing remains to be shared but the member's own interval in progress; nor before a line was given up
        segments.is_shared and not segments.is_open as is_shared,
        false as is_cumulative,
        segments.price,
        segments.price_at_start,
        segments.price_at_end,
        cast(0 as decimal(38, 18)) as kept_apart,
        cast(0 as decimal(38, 18)) as stated_at_start,
        segments.earned_as_stated,
        segments.standalone_whole,
        segments.standalone_left,
        cast(1 as decimal(38, 0)) as units_left,
        cast(0 as decimal(38, 0)) as weight_at_start,
        cast(coalesce(passed_days.weight_before, 0) as decimal(38, 0)) as weight_before,
        cast(coalesce(passed_days.weight, 0) as decimal(38, 0)) as weight,
        cast(coalesce(passed_days.whole_weight, 1) as decimal(38, 0)) as whole_weight,
        least(coalesce(passed_days.passed_days, 0), coalesce(passed_days.interval_days, 0)) as passed_days,
        coalesce(passed_days.interval_days, 1) as interval_days
    from {{ ref('int_segments') }} as segments
    left join passed_days
        on passed_days.pool_id = segments.pool_id
        and passed_days.component = segments.component
        and passed_days.strand_id = segments.strand_id
        and passed_days.known_from_ordinal = segments.known_from_ordinal
        and passed_days.segment_position = segments.segment_position

    union all

    select
        pool_id,
        component,
        known_from_ordinal,
        segment_position,
        obligation_id,
        strand_id,
        part_id as member_id,
        true as is_shared,
        false as is_cumulative,
        price,
        stated_price as price_at_start,
        stated_price as price_at_end,
        cast(0 as decimal(38, 18)) as kept_apart,
        cast(0 as decimal(38, 18)) as stated_at_start,
        cast(0 as decimal(38, 18)) as earned_as_stated,
        standalone_whole,
        {{ share_of_measure('standalone_whole', 'cast(left_to_pass as ' ~ wide_integer() ~ ')', 'cast(whole as ' ~ wide_integer() ~ ')') }} as standalone_left,
        -- units of one product weigh alike, whatever was agreed for them
        case when is_counted_alike then left_to_pass end as units_left,
        cast(0 as decimal(38, 0)) as weight_at_start,
        case when left_to_pass = 0 then 1 else passed end as weight_before,
        cast(0 as decimal(38, 0)) as weight,
        greatest(left_to_pass, 1) as whole_weight,
        0 as passed_days,
        1 as interval_days
    from (
        select
            handovers.*,
            bool_and(handovers.has_quantity) over in_strand
            and min(lines.product_id) over in_strand = max(lines.product_id) over in_strand as is_counted_alike
        from {{ ref('int_segments__handovers') }} as handovers
        inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = handovers.line_id
        window in_strand as (
            partition by handovers.pool_id, handovers.component, handovers.known_from_ordinal, handovers.segment_position, handovers.strand_id
        )
    ) as described

    union all

    -- goods not yet installed earn their cost apart; without a whole, work earns the cost it took
    select
        pool_id,
        component,
        known_from_ordinal,
        segment_position,
        obligation_id,
        strand_id,
        strand_id as member_id,
        true as is_shared,
        true as is_cumulative,
        cast(price as decimal(38, 18)) as price,
        cast(stated_price as decimal(38, 18)) as price_at_start,
        cast(stated_price as decimal(38, 18)) as price_at_end,
        cast(uninstalled_total * 0.000001 as decimal(38, 18)) as kept_apart,
        cast(case
            when is_complete_at_start then uninstalled_total * 0.000001
            when progress_total > 0 then least(uninstalled_at_start * 0.000001, price)
            when measure = 'cost' and component in ('fee', 'agency') then least((progress_at_start + uninstalled_at_start) * 0.000001, price)
            else 0
        end as decimal(38, 18)) as stated_at_start,
        cast(case
            when is_complete_at_end then uninstalled_total * 0.000001
            when progress_total > 0 then least(uninstalled_at_end * 0.000001, price)
            when measure = 'cost' and component in ('fee', 'agency') then least((progress_at_end + uninstalled_at_end) * 0.000001, price)
            else 0
        end as decimal(38, 18)) as earned_as_stated,
        cast(standalone_whole as decimal(38, 18)) as standalone_whole,
        cast(standalone_whole as decimal(38, 18)) as standalone_left,
        cast(1 as decimal(38, 0)) as units_left,
        case when is_complete_at_start then greatest(progress_total, 1) else least(progress_at_start, progress_total) end as weight_at_start,
        case when is_complete_at_end then greatest(progress_total, 1) else least(progress_at_end, progress_total) end as weight_before,
        cast(0 as decimal(38, 0)) as weight,
        greatest(progress_total, 1) as whole_weight,
        0 as passed_days,
        1 as interval_days
    from {{ ref('int_segments__progress') }}
),

int_segments__steps as (
    select
        steps.*,
        obligations.minor_unit_exponent
    from steps
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = steps.obligation_id
)

select * from int_segments__steps

-- One row per pool of what remains, segment and belief: what remained of the price when the segment began.
--
-- The fold of D12: remaining = price under the terms of the segment - earned before it; earned
-- before the next = earned before it + the share of what remained that the segment has earned.
-- Late knowledge of an earlier segment moves both alike, so the sum is always the price. A fee
-- spread by days is pooled by obligation, one earned at handover by line.
with recursive

segments as (
    select * from {{ ref('int_segments') }}
),

-- How much of what remains a segment earns before the next one begins: whole intervals, and part of one.
passed_days as (
    select
        segments.obligation_id,
        segments.believed_from_ordinal,
        segments.segment_number,
        days.weight_before,
        days.weight,
        days.whole_weight,
        {{ days_between('days.from_date', 'segments.segment_to_date') }} as passed_days,
        {{ days_between('days.from_date', 'days.to_date') }} as interval_days
    from segments
    inner join {{ ref('int_segments__days') }} as days
        on days.obligation_id = segments.obligation_id
        and days.believed_from_ordinal = segments.believed_from_ordinal
        and days.segment_number = segments.segment_number
        and days.from_date < segments.segment_to_date
    qualify row_number() over (
        partition by segments.obligation_id, segments.believed_from_ordinal, segments.segment_number
        order by days.interval_number desc
    ) = 1
),

steps as (
    select
        'obligation' as pooled_by,
        segments.obligation_id as pool_id,
        segments.believed_from_ordinal,
        segments.segment_position,
        segments.price,
        segments.earned_as_stated,
        cast(coalesce(passed_days.weight_before, 0) as {{ wide_integer() }}) as weight_before,
        cast(coalesce(passed_days.weight, 0) as {{ wide_integer() }}) as weight,
        cast(coalesce(passed_days.whole_weight, 1) as {{ wide_integer() }}) as whole_weight,
        least(coalesce(passed_days.passed_days, 0), coalesce(passed_days.interval_days, 0)) as passed_days,
        coalesce(passed_days.interval_days, 1) as interval_days
    from segments
    left join passed_days
        on passed_days.obligation_id = segments.obligation_id
        and passed_days.believed_from_ordinal = segments.believed_from_ordinal
        and passed_days.segment_number = segments.segment_number

    union all

    select
        'line' as pooled_by,
        line_id as pool_id,
        known_from_ordinal as believed_from_ordinal,
        segment_position,
        price,
        cast(0 as decimal(38, 18)) as earned_as_stated,
        cast(case when left_to_pass = 0 then 1 else passed end as {{ wide_integer() }}) as weight_before,
        cast(0 as {{ wide_integer() }}) as weight,
        cast(greatest(left_to_pass, 1) as {{ wide_integer() }}) as whole_weight,
        0 as passed_days,
        1 as interval_days
    from {{ ref('int_segments__handovers') }}
),

folded (pooled_by, pool_id, believed_from_ordinal, segment_position, remaining, earned_before_next) as (
    select
        pooled_by,
        pool_id,
        believed_from_ordinal,
        segment_position,
        price as remaining,
        cast({{ share_of('price', 'weight_before', 'whole_weight') }} + earned_as_stated as decimal(38, 18)) as earned_before_next
    from steps
    where segment_position = 0

    union all

    select
        pooled_by,
        pool_id,
        believed_from_ordinal,
        segment_position,
        remaining,
        cast(
            earned_before + earned_in_whole + {{ share_of('of_last_interval', 'passed_days', 'interval_days') }} + earned_as_stated as decimal(38, 18)
        ) as earned_before_next
    from (
        select
            *,
            {{ share_of('remaining', 'weight_before', 'whole_weight') }} as earned_in_whole,
            {{ share_of('remaining', 'weight_before + weight', 'whole_weight') }}
            - {{ share_of('remaining', 'weight_before', 'whole_weight') }} as of_last_interval
        from (
            select
                steps.*,
                folded.earned_before_next as earned_before,
                cast(steps.price - folded.earned_before_next as decimal(38, 18)) as remaining
            from folded
            inner join steps
                on steps.pooled_by = folded.pooled_by
                and steps.pool_id = folded.pool_id
                and steps.believed_from_ordinal = folded.believed_from_ordinal
                and steps.segment_position = folded.segment_position + 1
        ) as moved
    ) as shared
),

int_segments__remaining as (
    select
        pooled_by,
        pool_id,
        believed_from_ordinal,
        segment_position,
        remaining
    from folded
)

select * from int_segments__remaining

-- One row per segment of a modified obligation and belief: what remained of the price at its start.
--
-- The fold of D12: remaining = price under the terms of the segment - earned before it; earned
-- before the next = earned before it + the share of what remained that its days have earned.
-- Late knowledge of an earlier segment moves both alike, so the sum is always the price.
with recursive

segments as (
    select * from {{ ref('int_segments') }}
),

-- How much of what remains a segment earns before the next one begins: whole intervals, and part of one.
passed as (
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
        segments.obligation_id,
        segments.believed_from_ordinal,
        segments.segment_number,
        segments.segment_position,
        segments.price,
        segments.earned_as_stated,
        coalesce(passed.weight_before, 0) as weight_before,
        coalesce(passed.weight, 0) as weight,
        coalesce(passed.whole_weight, 1) as whole_weight,
        least(coalesce(passed.passed_days, 0), coalesce(passed.interval_days, 0)) as passed_days,
        coalesce(passed.interval_days, 1) as interval_days
    from segments
    left join passed
        on passed.obligation_id = segments.obligation_id
        and passed.believed_from_ordinal = segments.believed_from_ordinal
        and passed.segment_number = segments.segment_number
),

folded (obligation_id, believed_from_ordinal, segment_number, segment_position, remaining, earned_before_next) as (
    select
        obligation_id,
        believed_from_ordinal,
        segment_number,
        segment_position,
        cast(0 as decimal(38, 18)) as remaining,
        earned_as_stated as earned_before_next
    from steps
    where segment_position = 0

    union all

    select
        obligation_id,
        believed_from_ordinal,
        segment_number,
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
                on steps.obligation_id = folded.obligation_id
                and steps.believed_from_ordinal = folded.believed_from_ordinal
                and steps.segment_position = folded.segment_position + 1
        ) as moved
    ) as shared
),

int_segments__remaining as (
    select
        obligation_id,
        believed_from_ordinal,
        segment_number,
        remaining
    from folded
)

select * from int_segments__remaining

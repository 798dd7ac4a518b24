-- One row per usage line segment and stretch of knowledge in which it answers for use.
--
-- A termination that a close believed and that was withdrawn later is a gap: what was recorded in it finds the line again from the withdrawal on.
with

segments as (
    select * from {{ ref('int_usage_line_segments') }}
),

gaps as (
    select
        segments.line_segment_number,
        terminations.recorded_at as gap_from_at,
        terminations.withdrawn_at as gap_to_at
    from segments
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = segments.contract_id
        and terminations.withdrawn_ordinal < 999999
        and terminations.effective_at <= segments.from_at
        and terminations.recorded_at < segments.known_until_at
        and terminations.withdrawn_at > segments.known_from_at
),

instants as (
    select
        line_segment_number,
        known_from_at as cut_at
    from segments

    union

    select
        line_segment_number,
        gap_from_at as cut_at
    from gaps

    union

    select
        line_segment_number,
        gap_to_at as cut_at
    from gaps
),

stretches as (
    select
        segments.* exclude (known_from_at, known_until_at),
        greatest(instants.cut_at, segments.known_from_at) as known_from_at,
        coalesce(
            lead(instants.cut_at) over (partition by segments.line_segment_number order by instants.cut_at),
            segments.known_until_at
        ) as known_until_at
    from segments
    inner join instants on instants.line_segment_number = segments.line_segment_number
),

int_usage_line_segments__answering as (
    select stretches.*
    from stretches
    left join gaps
        on gaps.line_segment_number = stretches.line_segment_number
        and gaps.gap_from_at <= stretches.known_from_at
        and gaps.gap_to_at > stretches.known_from_at
    where
        gaps.line_segment_number is null
        and stretches.known_from_at < stretches.known_until_at
)

select * from int_usage_line_segments__answering

-- One row per name that several lines with overlapping windows could answer for, window of use, window of knowledge and nearest line.
--
-- What was known when an event was recorded decides its line: a line or a merger recorded
-- later must not move usage of a closed period. Where more than one is nearest, none answers.
with

candidates as (
    select * from {{ ref('int_usage_routes__candidates') }}
),

-- Most names have one line at a time; only where windows of different lines overlap is anything to be cut.
crowded as (
    select distinct
        one.cited_level,
        one.cited_id,
        one.meter_id
    from candidates as one
    inner join candidates as other
        on other.cited_level = one.cited_level
        and other.cited_id = one.cited_id
        and other.meter_id = one.meter_id
        and other.line_segment_number <> one.line_segment_number
        and other.from_at < one.to_at
        and other.to_at > one.from_at
),

contested as (
    select candidates.*
    from candidates
    inner join crowded
        on crowded.cited_level = candidates.cited_level
        and crowded.cited_id = candidates.cited_id
        and crowded.meter_id = candidates.meter_id
),

use_cuts as (
    select
        cited_level,
        cited_id,
        meter_id,
        from_at as cut_at
    from contested
    union
    select
        cited_level,
        cited_id,
        meter_id,
        to_at as cut_at
    from contested
),

use_windows as (
    select
        cited_level,
        cited_id,
        meter_id,
        cut_at as from_at,
        lead(cut_at) over (partition by cited_level, cited_id, meter_id order by cut_at) as to_at
    from use_cuts
),

knowledge_cuts as (
    select
        cited_level,
        cited_id,
        meter_id,
        known_from_at as cut_at
    from contested
    union
    select
        cited_level,
        cited_id,
        meter_id,
        known_until_at as cut_at
    from contested
),

knowledge_windows as (
    select
        cited_level,
        cited_id,
        meter_id,
        cut_at as answers_from_at,
        lead(cut_at) over (partition by cited_level, cited_id, meter_id order by cut_at) as answers_until_at
    from knowledge_cuts
),

answers as (
    select
        contested.* replace (use_windows.from_at as from_at, use_windows.to_at as to_at),
        knowledge_windows.answers_from_at,
        knowledge_windows.answers_until_at
    from use_windows
    inner join knowledge_windows
        on knowledge_windows.cited_level = use_windows.cited_level
        and knowledge_windows.cited_id = use_windows.cited_id
        and knowledge_windows.meter_id = use_windows.meter_id
        and knowledge_windows.answers_until_at is not null
    inner join contested
        on contested.cited_level = use_windows.cited_level
        and contested.cited_id = use_windows.cited_id
        and contested.meter_id = use_windows.meter_id
        and contested.from_at < use_windows.to_at
        and contested.to_at > use_windows.from_at
        and contested.known_from_at <= knowledge_windows.answers_from_at
        and contested.known_until_at > knowledge_windows.answers_from_at
    where use_windows.to_at is not null
),

-- One's own line comes before the pool's.
nearest as (
    select * from answers
    qualify nearness = min(nearness) over (
        partition by cited_level, cited_id, meter_id, from_at, answers_from_at
    )
),

int_usage_routes__contested as (
    select
        *,
        count(*) over (partition by cited_level, cited_id, meter_id, from_at, answers_from_at) as nearest_lines
    from nearest
)

select * from int_usage_routes__contested

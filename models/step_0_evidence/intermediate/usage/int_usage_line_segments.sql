-- One row per usage line, meter that it names or named, and stretch of time within which neither its window nor any of its prices changes.
with

lines as (
    select * from {{ ref('int_usage_lines') }}
),

-- A part of the window that only an event brought is known since that event.
arrivals as (
    select
        cuts.line_id,
        cuts.cut_at,
        min(windows.known_at) as known_at
    from {{ ref('int_usage_line_segments__cuts') }} as cuts
    inner join {{ ref('int_usage_line_windows') }} as windows
        on windows.line_id = cuts.line_id
        and windows.from_at <= cuts.cut_at
        and coalesce(windows.to_at, timestamp '9999-12-31') > cuts.cut_at
    group by cuts.line_id, cuts.cut_at
),

endings as (
    select
        lines.line_id,
        terminations.effective_at as ended_at,
        terminations.recorded_at
    from lines
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = lines.contract_id
        and terminations.withdrawn_ordinal = 999999

    union all

    select
        line_id,
        to_at as ended_at,
        known_at as recorded_at
    from {{ ref('int_usage_line_windows') }}
    where says_end and contract_event_id is not null and to_at is not null
),

stretches as (
    select
        lines.*,
        cuts.cut_at as segment_from_at,
        lead(cuts.cut_at) over (partition by lines.line_id, lines.meter_id order by cuts.cut_at) as segment_to_at
    from lines
    inner join {{ ref('int_usage_line_segments__cuts') }} as cuts
        on cuts.line_id = lines.line_id
        and cuts.cut_at >= lines.from_at
        and cuts.cut_at <= lines.to_at
),

-- Once the end is known, no further use after it finds the line.
bounded as (
    select
        stretches.* replace (
            greatest(min(stretches.known_from_at), coalesce(min(arrivals.known_at), min(stretches.known_from_at))) as known_from_at,
            least(min(stretches.known_until_at), coalesce(min(endings.recorded_at), min(stretches.known_until_at))) as known_until_at
        )
    from stretches
    left join arrivals
        on arrivals.line_id = stretches.line_id
        and arrivals.cut_at = stretches.segment_from_at
    left join endings
        on endings.line_id = stretches.line_id
        and endings.ended_at <= stretches.segment_from_at
    group by all
),

numbered as (
    select
        -- by knowledge first, so that what is learned later leaves the numbers before it as they were
        cast(row_number() over (order by known_from_at, line_id, segment_from_at, meter_id) as integer) as line_segment_number,
        line_id,
        meter_id,
        contract_id,
        customer_id,
        entity_id,
        time_zone,
        segment_from_at as from_at,
        segment_to_at as to_at,
        known_from_at,
        known_until_at
    from bounded
    where segment_to_at is not null
),

int_usage_line_segments as (
    select
        numbered.*,
        container.line_segment_number as container_segment_number
    from numbered
    left join {{ ref('int_usage_line_containers') }} as containers on containers.line_id = numbered.line_id
    left join numbered as container
        on container.line_id = containers.container_line_id
        and container.from_at <= numbered.from_at
        and container.to_at > numbered.from_at
    -- two lines of the containing meter on one contract: the first by id takes the deduction
    qualify row_number() over (
        partition by numbered.line_segment_number
        order by container.line_segment_number nulls last, container.line_id
    ) = 1
)

select * from int_usage_line_segments

-- One row per usage line whose segments leave a gap or overlap (I28).
with

segments as (
    select
        entity_id,
        line_id,
        line_segment_number,
        segment_from_at,
        segment_to_at
    from {{ ref('fct_usage_by_period') }}
    group by 1, 2, 3, 4, 5
),

chk_segments_tile as (
    select
        'chk_segments_tile' as control_code,
        '*' as book,
        one.entity_id,
        cast(null as varchar) as period_id,
        one.line_id as subject,
        cast(one.line_segment_number as decimal(38, 18)) as expected_amount,
        cast(other.line_segment_number as decimal(38, 18)) as actual_amount
    from segments as one
    inner join segments as other
        on other.line_id = one.line_id
        and other.line_segment_number > one.line_segment_number
        and other.segment_from_at < one.segment_to_at
        and other.segment_to_at > one.segment_from_at
)

select * from chk_segments_tile

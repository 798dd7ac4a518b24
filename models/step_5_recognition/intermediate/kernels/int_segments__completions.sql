-- One row per modified obligation earned by progress and belief in which it is complete: when it became so.
--
-- Work is complete when each of its lines was handed over in full, whatever was estimated.
with

handed_over as (
    select
        beliefs.obligation_id,
        beliefs.known_from_ordinal,
        reports.line_id,
        min(reports.occurred_at) as handed_over_at
    from (
        select distinct
            obligation_id,
            known_from_ordinal
        from {{ ref('int_segments__members') }}
        where pattern = 'progress'
    ) as beliefs
    inner join {{ ref('int_progress__reports') }} as reports
        on reports.obligation_id = beliefs.obligation_id
        and reports.measure = 'handover'
        and reports.known_ordinal <= beliefs.known_from_ordinal
        and reports.withdrawn_ordinal > beliefs.known_from_ordinal
    group by 1, 2, 3
),

completed as (
    select
        handed_over.obligation_id,
        handed_over.known_from_ordinal,
        max(handed_over.handed_over_at) as completed_at
    from handed_over
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.obligation_id = handed_over.obligation_id
        and lines.known_ordinal <= handed_over.known_from_ordinal
    group by 1, 2
    having count(distinct handed_over.line_id) = count(distinct lines.line_id)
),

int_segments__completions as (
    select
        completed.*,
        reports.occurred_date as completed_date,
        reports.service_ordinal as completed_ordinal
    from completed
    inner join {{ ref('int_progress__reports') }} as reports
        on reports.obligation_id = completed.obligation_id
        and reports.measure = 'handover'
        and reports.occurred_at = completed.completed_at
    qualify row_number() over (partition by completed.obligation_id, completed.known_from_ordinal order by reports.delivery_id) = 1
)

select * from int_segments__completions

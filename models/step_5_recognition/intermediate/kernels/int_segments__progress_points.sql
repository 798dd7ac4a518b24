-- One row per modified obligation earned by progress, component, segment, belief and report in it, and one for the segment's start: what is earned to date.
with

segments as (
    select
        segments.*,
        remaining.amount,
        remaining.catch_up,
        cast(case
            when segments.progress_total > 0 then greatest(remaining.amount - cast(segments.uninstalled_total * 0.000001 as decimal(38, 18)), 0)
            else 0
        end as decimal(38, 18)) as by_progress
    from {{ ref('int_segments__progress') }} as segments
    inner join {{ ref('int_segments__remaining') }} as remaining
        on remaining.pool_id = segments.pool_id
        and remaining.component = segments.component
        and remaining.known_from_ordinal = segments.known_from_ordinal
        and remaining.segment_position = segments.segment_position
        and remaining.member_id = segments.strand_id
),

reported as (
    select
        segments.*,
        reports.service_ordinal,
        reports.occurred_at,
        reports.occurred_date as performed_date,
        reports.delivery_id,
        sum(case when reports.measure = segments.measure then reports.measured_millionths else 0 end) over so_far as progress_since,
        sum(case when reports.measure = 'uninstalled_cost' then reports.measured_millionths else 0 end) over so_far as uninstalled_since
    from segments
    inner join {{ ref('int_progress__reports') }} as reports
        on reports.obligation_id = segments.obligation_id
        and reports.known_ordinal <= segments.known_from_ordinal
        and reports.withdrawn_ordinal > segments.known_from_ordinal
        and (reports.measure = segments.measure or reports.measure = 'uninstalled_cost' and segments.measure = 'cost')
        and reports.occurred_date >= coalesce(segments.segment_from_date, reports.occurred_date)
        and coalesce(reports.occurred_date < segments.segment_to_date, true)
    window so_far as (
        partition by segments.pool_id, segments.component, segments.strand_id, segments.known_from_ordinal, segments.segment_position
        order by reports.occurred_at, reports.delivery_id
        rows between unbounded preceding and current row
    )
),

-- Earned to date at each report, and when the segment began.
points as (
    select
        *,
        progress_at_start + progress_since as progress_to_date,
        uninstalled_at_start + uninstalled_since as uninstalled_to_date
    from reported

    union all by name

    select
        *,
        cast(null as integer) as service_ordinal,
        cast(null as timestamp) as occurred_at,
        cast(null as date) as performed_date,
        cast(null as varchar) as delivery_id,
        progress_at_start as progress_to_date,
        uninstalled_at_start as uninstalled_to_date
    from segments

    union all by name

    select
        *,
        completed_ordinal as service_ordinal,
        completed_at as occurred_at,
        completed_date as performed_date,
        '' as delivery_id,
        progress_total as progress_to_date,
        uninstalled_total as uninstalled_to_date
    from segments
    where is_complete_at_end and not is_complete_at_start
),

int_segments__progress_points as (
    select
        *,
        case
            when is_complete_at_start or occurred_at >= completed_at then amount
            when progress_total > 0
                then
                    {{ share_of_measure('by_progress', 'cast(least(progress_to_date, progress_total) as ' ~ wide_integer() ~ ')', 'cast(progress_total as ' ~ wide_integer() ~ ')') }}
                    + least(cast(uninstalled_to_date * 0.000001 as decimal(38, 18)), price)
            when measure = 'cost' and component in ('fee', 'agency')
                then least(cast((progress_to_date + uninstalled_to_date) * 0.000001 as decimal(38, 18)), price)
            else 0
        end as earned_to_date
    from points
)

select * from int_segments__progress_points

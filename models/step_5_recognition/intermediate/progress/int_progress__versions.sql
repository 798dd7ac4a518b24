-- One row per obligation earned by progress and version of what closes knew: its measure, the whole of it, and when the work was complete.
--
-- A version holds from its revision until the next one.
with

reports as (
    select * from {{ ref('int_progress__reports') }}
),

measures as (
    select
        *,
        known_from_ordinal * 10 + arrived_family as from_revision,
        case when known_to_ordinal < 999999 then known_to_ordinal * 10 + replaced_family else 99999999 end as to_revision
    from {{ ref('int_progress__measures') }}
),

totals as (
    select
        *,
        known_from_ordinal * 10 + arrived_family as from_revision,
        case when known_to_ordinal < 999999 then known_to_ordinal * 10 + arrived_family else 99999999 end as to_revision
    from {{ ref('int_progress__totals') }}
),

revisions as (
    select
        obligation_id,
        from_revision as revision
    from measures
    union
    select
        obligation_id,
        from_revision as revision
    from totals
    union
    select
        obligation_id,
        counted_from_revision as revision
    from reports
    union
    select
        obligation_id,
        counted_to_revision as revision
    from reports
    where counted_to_revision < 99999999
),

versions as (
    select
        *,
        lead(revision, 1, 99999999) over (partition by obligation_id order by revision) as next_revision
    from revisions
),

totalled as (
    select
        versions.obligation_id,
        versions.revision,
        versions.next_revision,
        measures.measure,
        max(case
            when measures.measure = 'percent' then 100
            when measures.measure in ('milestone', 'handover') and totals.kind = 'worth' then totals.value
            when measures.measure in ('cost', 'hours', 'units') and totals.kind = 'progress_total' then totals.value
        end) as measured_total,
        max(case when measures.measure in ('hours', 'units') and totals.kind = 'quantity' then totals.value end) as agreed_total,
        max(case when measures.measure = 'cost' and totals.kind = 'uninstalled_cost' then totals.value end) as uninstalled_total
    from versions
    inner join measures
        on measures.obligation_id = versions.obligation_id
        and measures.from_revision <= versions.revision
        and measures.to_revision > versions.revision
        -- what passes by days is spread by the schedule
        and measures.measure <> 'time'
    left join totals
        on totals.obligation_id = versions.obligation_id
        and totals.from_revision <= versions.revision
        and totals.to_revision > versions.revision
    group by versions.obligation_id, versions.revision, versions.next_revision, measures.measure
),

handed_over as (
    select
        totalled.obligation_id,
        totalled.revision,
        reports.line_id,
        min(reports.service_ordinal) as service_ordinal,
        min(reports.occurred_at) as occurred_at
    from totalled
    inner join reports
        on reports.obligation_id = totalled.obligation_id
        and reports.measure = 'handover'
        and reports.counted_from_revision <= totalled.revision
        and reports.counted_to_revision > totalled.revision
    group by totalled.obligation_id, totalled.revision, reports.line_id
),

-- Work is complete when each of its lines was handed over in full, whatever was estimated.
completed as (
    select
        handed_over.obligation_id,
        handed_over.revision,
        max(handed_over.service_ordinal) as service_ordinal,
        max(handed_over.occurred_at) as occurred_at
    from handed_over
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.obligation_id = handed_over.obligation_id
        and lines.pattern = 'progress'
        and lines.known_ordinal * 10 <= handed_over.revision
    group by handed_over.obligation_id, handed_over.revision
    having count(distinct handed_over.line_id) = count(distinct lines.line_id)
),

int_progress__versions as (
    select
        totalled.obligation_id,
        totalled.revision,
        totalled.next_revision,
        totalled.measure,
        cast(coalesce(totalled.measured_total, totalled.agreed_total) * 1000000 as decimal(38, 0)) as whole_millionths,
        cast(coalesce(totalled.uninstalled_total, 0) * 1000000 as decimal(38, 0)) as uninstalled_millionths,
        completed.service_ordinal as completed_ordinal,
        completed.occurred_at as completed_at
    from totalled
    left join completed
        on completed.obligation_id = totalled.obligation_id
        and completed.revision = totalled.revision
)

select * from int_progress__versions

-- One row per obligation earned by progress, version of what closes knew and service period: progress to date, and the whole.
--
-- A version holds from its revision until the next one. Measures are in millionths; the whole is
-- without goods not yet installed, whose cost stands apart (ASC 606-10-55-21(b), IFRS 15.B19(b)).
-- An empty total: progress cannot be measured.
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

-- A segment of changed terms begins with the progress made until then.
segments as (
    select distinct
        fees.obligation_id,
        begun.period_ordinal as service_ordinal
    from {{ ref('fct_allocated_fees') }} as fees
    {{ join_period_of_date('begun', 'fees.entity_id', 'fees.segment_from_date') }}
    where fees.pattern = 'progress' and fees.is_modified and fees.segment_from_date is not null
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

-- What passes by days is spread by the schedule.
totalled as (
    select
        versions.obligation_id,
        versions.revision,
        versions.next_revision,
        measures.measure,
        max(case
            when measures.measure = 'percent' then 100
            when measures.measure = 'handover' then 1
            when measures.measure = 'milestone' and totals.kind = 'milestones' then totals.value
            when measures.measure in ('cost', 'hours', 'units') and totals.kind = 'progress_total' then totals.value
        end) as measured_total,
        max(case when measures.measure in ('hours', 'units') and totals.kind = 'quantity' then totals.value end) as agreed_total,
        max(case when measures.measure = 'cost' and totals.kind = 'uninstalled_cost' then totals.value end) as uninstalled_total
    from versions
    inner join measures
        on measures.obligation_id = versions.obligation_id
        and measures.from_revision <= versions.revision
        and measures.to_revision > versions.revision
        and measures.measure <> 'time'
    left join totals
        on totals.obligation_id = versions.obligation_id
        and totals.from_revision <= versions.revision
        and totals.to_revision > versions.revision
    group by versions.obligation_id, versions.revision, versions.next_revision, measures.measure
),

measured as (
    select
        totalled.*,
        reports.service_ordinal,
        case reports.measure when totalled.measure then reports.measured_millionths else 0 end as progress,
        case reports.measure when 'uninstalled_cost' then reports.measured_millionths else 0 end as uninstalled
    from totalled
    inner join reports
        on reports.obligation_id = totalled.obligation_id
        and reports.counted_from_revision <= totalled.revision
        and reports.counted_to_revision > totalled.revision
        and reports.measure in (totalled.measure, case totalled.measure when 'cost' then 'uninstalled_cost' else totalled.measure end)

    union all

    select
        totalled.*,
        segments.service_ordinal,
        0 as progress,
        0 as uninstalled
    from totalled
    inner join segments on segments.obligation_id = totalled.obligation_id
),

by_period as (
    select
        obligation_id,
        revision,
        next_revision,
        measure,
        measured_total,
        agreed_total,
        uninstalled_total,
        service_ordinal,
        sum(sum(progress)) over in_order as progress_to_date,
        sum(sum(uninstalled)) over in_order as uninstalled_to_date,
        sum(sum(uninstalled)) over (partition by obligation_id, revision) as uninstalled_in_all
    from measured
    group by obligation_id, revision, next_revision, measure, measured_total, agreed_total, uninstalled_total, service_ordinal
    window in_order as (partition by obligation_id, revision order by service_ordinal)
),

int_progress__beliefs as (
    select
        obligation_id,
        measure,
        revision,
        next_revision,
        service_ordinal,
        cast(progress_to_date as decimal(38, 0)) as progress_to_date,
        cast(
            coalesce(measured_total, agreed_total) * 1000000 - greatest(coalesce(uninstalled_total, 0) * 1000000, uninstalled_in_all)
            as decimal(38, 0)
        ) as progress_total,
        cast(uninstalled_to_date as decimal(38, 0)) as uninstalled_to_date,
        cast(greatest(coalesce(uninstalled_total, 0) * 1000000, uninstalled_in_all) as decimal(38, 0)) as uninstalled_total
    from by_period
)

select * from int_progress__beliefs

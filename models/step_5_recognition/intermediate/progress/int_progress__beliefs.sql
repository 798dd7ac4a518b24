-- One row per obligation earned by progress, version of what closes knew and service period: progress to date, and the whole.
--
-- Measures are in millionths. The whole is without goods not yet installed, whose cost stands
-- apart (ASC 606-10-55-21(b), IFRS 15.B19(b)). An empty total: progress cannot be measured.
with

versions as (
    select * from {{ ref('int_progress__versions') }}
),

reports as (
    select * from {{ ref('int_progress__reports') }}
),

measured as (
    select
        versions.*,
        reports.service_ordinal,
        reports.occurred_at,
        case reports.measure when versions.measure then reports.measured_millionths else 0 end as progress,
        case reports.measure when 'uninstalled_cost' then reports.measured_millionths else 0 end as uninstalled
    from versions
    inner join reports
        on reports.obligation_id = versions.obligation_id
        and reports.counted_from_revision <= versions.revision
        and reports.counted_to_revision > versions.revision
        and reports.measure in (versions.measure, case versions.measure when 'cost' then 'uninstalled_cost' else versions.measure end)
    qualify
        reports.measure <> 'handover'
        -- a line is handed over once, however often that is reported
        or row_number() over (partition by reports.line_id, reports.measure, versions.revision order by reports.service_ordinal, reports.delivery_id) = 1

    union all

    select
        *,
        completed_ordinal as service_ordinal,
        completed_at as occurred_at,
        0 as progress,
        0 as uninstalled
    from versions
    where completed_ordinal is not null
),

-- Work of the few contracts that are lost for a time is told apart by when it was done.
stretches as (
    select distinct
        obligations.obligation_id,
        windows.from_at,
        windows.to_at
    from {{ ref('fct_contract_windows') }} as windows
    inner join {{ ref('dim_obligations') }} as obligations on obligations.contract_id = windows.contract_id
    where windows.contract_id in (select contract_id from {{ ref('fct_contract_losses') }})
),

placed as (
    select
        measured.*,
        coalesce(stretches.from_at, timestamp '0001-01-01') as stretch_from_at,
        coalesce(stretches.to_at, timestamp '9999-12-31') as stretch_to_at
    from measured
    left join stretches
        on stretches.obligation_id = measured.obligation_id
        and stretches.from_at <= measured.occurred_at
        and stretches.to_at > measured.occurred_at
),

by_period as (
    select
        obligation_id,
        revision,
        next_revision,
        measure,
        whole_millionths,
        uninstalled_millionths,
        completed_ordinal,
        completed_at,
        service_ordinal,
        stretch_from_at,
        stretch_to_at,
        sum(sum(progress)) over in_order as progress_to_date,
        sum(sum(uninstalled)) over in_order as uninstalled_to_date,
        greatest(uninstalled_millionths, sum(sum(uninstalled)) over (partition by obligation_id, revision)) as uninstalled_total
    from placed
    group by
        obligation_id,
        revision,
        next_revision,
        measure,
        whole_millionths,
        uninstalled_millionths,
        completed_ordinal,
        completed_at,
        service_ordinal,
        stretch_from_at,
        stretch_to_at
    window in_order as (partition by obligation_id, revision order by service_ordinal, stretch_from_at)
),

int_progress__beliefs as (
    select
        obligation_id,
        measure,
        revision,
        next_revision,
        service_ordinal,
        stretch_from_at,
        coalesce(service_ordinal > completed_ordinal or service_ordinal = completed_ordinal and stretch_to_at > completed_at, false) as is_complete,
        cast(progress_to_date as decimal(38, 0)) as progress_to_date,
        cast(whole_millionths - uninstalled_total as decimal(38, 0)) as progress_total,
        cast(uninstalled_to_date as decimal(38, 0)) as uninstalled_to_date,
        cast(uninstalled_total as decimal(38, 0)) as uninstalled_total
    from by_period
)

select * from int_progress__beliefs

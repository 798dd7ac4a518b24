-- One row per run of a wallet whose vendor's draws count, lot and instant: the units drawn there, less those of them that were undone later.
--
-- Draws are undone last first: a draw keeps what is left of it at the lowest that the units drawn to date fall to afterwards.
with

known as (
    select
        runs.run_number,
        reports.*
    from {{ ref('int_wallet_runs') }} as runs
    inner join {{ ref('int_wallet_reports') }} as reports
        on reports.wallet_id = runs.wallet_id
        and reports.unit_code = runs.unit_code
        and reports.revision < runs.next_revision
        and reports.withdrawn_revision >= runs.next_revision
),

counted as (
    select
        *,
        sum(units) over (partition by run_number, grant_id order by taken_at, report_id rows between unbounded preceding and current row) as units_to_date
    from known
),

lasting as (
    select
        *,
        min(units_to_date) over (partition by run_number, grant_id order by taken_at, report_id rows between current row and unbounded following) as least_to_date
    from counted
),

int_wallet_usage__reported as (
    select
        run_number,
        grant_id,
        service_ordinal,
        taken_at as from_at,
        cast(sum(least_to_date - (units_to_date - units)) as decimal(38, 18)) as units
    from lasting
    where units > 0 and least_to_date > units_to_date - units
    group by run_number, grant_id, service_ordinal, taken_at
)

select * from int_wallet_usage__reported

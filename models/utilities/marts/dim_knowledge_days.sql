-- One row per entity, UTC date and period that what is recorded on that date is first known to: (after_at, until_at].
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

windows as (
    select
        periods.entity_id,
        periods.period_ordinal,
        greatest(periods.knowledge_from_at, cast(min(periods.start_date) over (partition by periods.entity_id) as timestamp) - interval 10 year) as after_at,
        least(periods.knowledge_to_at, run.as_of) as until_at
    from {{ ref('dim_accounting_periods') }} as periods
    cross join run
    where periods.has_begun
),

dim_knowledge_days as (
    select
        windows.entity_id,
        series_date as utc_date,
        windows.period_ordinal,
        windows.after_at,
        windows.until_at
    from windows,
        {{ day_series('cast(windows.after_at as date)', 'cast(windows.until_at as date)') }}
    where windows.after_at < windows.until_at
)

select * from dim_knowledge_days

-- One row per entity, UTC date and local day on it: turns an instant into a local date and a period by an equality join.
with

days as (
    select
        periods.entity_id,
        periods.period_ordinal,
        periods.period_id,
        periods.knowledge_cutoff_at,
        series_date as local_date,
        {{ utc_from_local('series_date', 'entities.time_zone') }} as from_at,
        {{ utc_from_local('cast(series_date + interval 1 day as date)', 'entities.time_zone') }} as to_at
    from {{ ref('dim_accounting_periods') }} as periods
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = periods.entity_id,
        {{ day_series('periods.start_date', 'cast(periods.end_date - interval 1 day as date)') }}
    where periods.has_begun
),

dim_accounting_days as (
    select
        days.entity_id,
        series_date as utc_date,
        days.from_at,
        days.to_at,
        days.local_date,
        days.period_ordinal,
        days.period_id,
        days.knowledge_cutoff_at
    from days,
        {{ day_series('cast(days.from_at as date)', "cast(days.to_at - interval 1 microsecond as date)") }}
)

select * from dim_accounting_days

-- One row per entity and accounting period.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

instants as (
    select
        periods.* exclude (knowledge_cutoff_at),
        {{ utc_from_local('periods.start_date', 'entities.time_zone') }} as start_at,
        {{ utc_from_local('periods.end_date', 'entities.time_zone') }} as end_at,
        -- months before the first period given count as closed when they ended
        coalesce(periods.knowledge_cutoff_at, {{ utc_from_local('periods.end_date', 'entities.time_zone') }}) as knowledge_cutoff_at,
        run.as_of,
        periods.state = 'closed' as is_closed
    from {{ ref('int_calendar__periods') }} as periods
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = periods.entity_id
    cross join run
),

numbered as (
    select
        *,
        cast(row_number() over (partition by entity_id order by start_date) as integer) as period_ordinal,
        -- a later close can never know less than an earlier one
        max(case when is_closed then knowledge_cutoff_at end) over (
            partition by entity_id order by start_date rows between unbounded preceding and 1 preceding
        ) as previous_cutoff_at,
        coalesce(bool_and(is_closed) over (
            partition by entity_id order by start_date rows between unbounded preceding and 1 preceding
        ), true) as all_before_closed
    from instants
),

dim_accounting_periods as (
    select
        entity_id,
        period_id,
        period_ordinal,
        coalesce(fiscal_quarter, cast(extract(year from start_date) as varchar) || '-Q' || cast(extract(quarter from start_date) as varchar)) as fiscal_quarter,
        coalesce(fiscal_year, cast(extract(year from start_date) as varchar)) as fiscal_year,
        start_date,
        end_date,
        start_at,
        end_at,
        case when is_closed then 'closed' else 'open' end as state,
        -- an open period has none yet; the run's own date here would make another calendar every night
        case when is_closed then knowledge_cutoff_at else timestamp '9999-12-31' end as knowledge_cutoff_at,
        -- facts recorded in (from, to] are first known to this period; of several open periods the first takes what is new
        coalesce(previous_cutoff_at, timestamp '0001-01-01') as knowledge_from_at,
        case
            when is_closed then knowledge_cutoff_at
            when all_before_closed then timestamp '9999-12-31'
            else coalesce(previous_cutoff_at, timestamp '0001-01-01')
        end as knowledge_to_at,
        start_at <= as_of as has_begun,
        start_at <= as_of and end_at > as_of as is_flash
    from numbered
)

select * from dim_accounting_periods

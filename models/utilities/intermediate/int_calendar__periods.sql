-- One row per entity and accounting period: the periods given, and calendar months before and after them.
with

-- A period given for every entity ('*') gives way where the entity has one of its own.
of_entities as (
    select
        entities.entity_id,
        periods.* exclude (entity_id)
    from {{ accepted(ref('stg_accounting_periods')) }} as periods
    inner join {{ ref('int_entities__policies') }} as entities on periods.entity_id in (entities.entity_id, '*')
    where
        not coalesce(periods.is_adjustment, false)
        and (periods.entity_id <> '*' or not exists (
            select 1 from {{ accepted(ref('stg_accounting_periods')) }} as own
            where
                own.entity_id = entities.entity_id
                and own.period_start < periods.period_end
                and own.period_end > periods.period_start
                and not coalesce(own.is_adjustment, false)
        ))
),

versions as (
    select
        *,
        max(case when state = 'reopened' then recorded_at end) over (partition by entity_id, period_id) as reopened_at
    from of_entities
),

given as (
    -- One knowledge cut-off serves both books (tested), so the book is dropped here. The first
    -- close keeps its cut-off when it is declared again, unless the period was reopened between.
    select
        entity_id,
        period_id,
        max_by(fiscal_quarter, recorded_at) as fiscal_quarter,
        max_by(fiscal_year, recorded_at) as fiscal_year,
        max_by(period_start, recorded_at) as start_date,
        max_by(period_end, recorded_at) as end_date,
        max_by(state, recorded_at) as state,
        min_by(
            knowledge_cutoff_at,
            case
                when state = 'closed' and recorded_at > coalesce(reopened_at, timestamp '0001-01-01')
                    then recorded_at
            end
        ) as knowledge_cutoff_at
    from versions
    group by entity_id, period_id
),

given_span as (
    select
        entity_id,
        min(start_date) as first_date,
        max(end_date) as last_date
    from given
    group by entity_id
),

months as (
    select
        span.entity_id,
        cast(month_start as date) as start_date,
        cast(month_start + interval 1 month as date) as end_date
    from {{ ref('int_calendar__span') }} as span,
        {{ month_series('span.first_date', 'span.last_date') }}
),

-- Where the periods given do not begin or end with a month, the days of that month outside them are a period of their own.
surrounding as (
    select
        months.entity_id,
        months.start_date,
        least(months.end_date, given_span.first_date) as end_date,
        -- before the first period given nothing is open any more
        'closed' as state
    from months
    inner join given_span
        on given_span.entity_id = months.entity_id
        and given_span.first_date > months.start_date

    union all

    select
        months.entity_id,
        greatest(months.start_date, coalesce(given_span.last_date, months.start_date)) as start_date,
        months.end_date,
        'open' as state
    from months
    left join given_span on given_span.entity_id = months.entity_id
    where given_span.entity_id is null or months.end_date > given_span.last_date
),

named as (
    select
        surrounding.*,
        case
            when given.period_id is null then {{ year_month('surrounding.start_date') }}
            else cast(surrounding.start_date as varchar)
        end as period_id
    from surrounding
    left join given
        on given.entity_id = surrounding.entity_id
        and given.period_id = {{ year_month('surrounding.start_date') }}
),

int_calendar__periods as (
    select
        entity_id,
        period_id,
        fiscal_quarter,
        fiscal_year,
        start_date,
        end_date,
        state,
        knowledge_cutoff_at
    from given

    union all

    select
        entity_id,
        period_id,
        cast(null as varchar) as fiscal_quarter,
        cast(null as varchar) as fiscal_year,
        start_date,
        end_date,
        state,
        cast(null as timestamp) as knowledge_cutoff_at
    from named
)

select * from int_calendar__periods

-- One row per version of a fixed fee and interval of it: the amount and the days it is for.
--
-- A fee per interval buys the days of that interval; a fee stated once buys the whole window. Of an
-- open-ended line only intervals that have begun are agreed: the customer may leave before the next.
-- When a contract is terminated, the fee of the interval it ends in is still owed unless the
-- unused part is refunded: that part belongs to the last day, since nothing is left to perform.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

windows as (
    select
        terms.*,
        cast({{ local_from_utc('service_start_at', 'time_zone') }} as date) as from_date,
        cast({{ local_from_utc('coalesce(service_end_at, effective_to)', 'time_zone') }} as date) as to_date,
        cast({{ local_from_utc('coalesce(agreed_end_at, service_end_at, effective_to)', 'time_zone') }} as date) as agreed_to_date,
        case terms.amount_interval
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end as interval_months,
        case terms.amount_interval
            when 'day' then 1
            when 'week' then 7
        end as interval_days,
        cast({{ local_from_utc('run.as_of', 'terms.time_zone') }} as date) as as_of_date
    from {{ ref('int_line_terms') }} as terms
    cross join run
    where terms.pattern in ('ratable_by_day', 'point_in_time')
),

stated_once as (
    select
        *,
        0 as interval_number,
        from_date as interval_from_date,
        coalesce(agreed_to_date, to_date, from_date) as interval_to_date,
        to_date as window_to_date
    from windows
    where interval_months is null and interval_days is null
),

repeated as (
    select
        windows.*,
        series_number as interval_number,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', 'series_number * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', 'series_number * interval_days') }}
        end as date) as interval_from_date,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', '(series_number + 1) * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', '(series_number + 1) * interval_days') }}
        end as date) as interval_to_date,
        coalesce(to_date, cast(as_of_date + interval 1 day as date)) as window_to_date
    from windows,
        {{ number_series('0', 'cast(case when interval_months is not null then ' ~ int_div(months_between('from_date', 'coalesce(to_date, as_of_date)'), 'interval_months') ~ ' else ' ~ int_div(days_between('from_date', 'coalesce(to_date, as_of_date)'), 'interval_days') ~ ' end as integer)') }}
    where interval_months is not null or interval_days is not null
),

intervals as (
    select * from stated_once
    union all by name
    select * from repeated
    where interval_from_date < window_to_date
),

served as (
    select
        *,
        case
            when to_date is null then interval_to_date
            else least(interval_to_date, to_date)
        end as served_to_date
    from intervals
),

priced as (
    select
        *,
        -- an interval cut short by the end of the line costs its share of days
        case
            when served_to_date < interval_to_date
                then cast({{ share_of('fixed_amount', days_between('interval_from_date', 'served_to_date'), days_between('interval_from_date', 'interval_to_date')) }} as decimal(38, 9))
            else fixed_amount
        end as served_amount
    from served
),

parts as (
    select
        priced.* exclude (interval_to_date, served_to_date, served_amount),
        served_to_date as part_to_date,
        served_amount as amount
    from priced

    union all

    select
        priced.* exclude (interval_to_date, served_to_date, served_amount)
        replace (cast(served_to_date - interval 1 day as date) as interval_from_date),
        served_to_date as part_to_date,
        cast(fixed_amount - served_amount as decimal(38, 9)) as amount
    from priced
    where
        is_terminated
        and termination_refund_kind = 'none'
        and served_amount <> fixed_amount
),

agreed as (
    select
        parts.line_id,
        parts.obligation_id,
        parts.contract_id,
        parts.entity_id,
        parts.currency,
        parts.pattern,
        parts.interval_number,
        -- an interval of an open-ended line is agreed when it begins
        case
            when parts.to_date is null then greatest(parts.known_from_ordinal, begun.period_ordinal)
            else parts.known_from_ordinal
        end as known_from_ordinal,
        parts.known_to_ordinal,
        parts.arrived_family,
        parts.replaced_family,
        parts.interval_from_date as from_date,
        parts.part_to_date as to_date,
        parts.quantity,
        parts.amount
    from parts
    {{ join_period_of_date('begun', 'parts.entity_id', 'parts.interval_from_date') }}
    where not (parts.is_terminated and parts.termination_refund_kind = 'full')
),

fct_fee_intervals as (
    select
        * exclude (amount),
        cast(sum(amount) as decimal(38, 9)) as amount
    from agreed
    where known_from_ordinal < known_to_ordinal
    group by all
    having sum(amount) <> 0
)

select * from fct_fee_intervals

-- One row per segment of a modified fee spread by days and interval of its remaining time: the weight of the interval.
--
-- Each whole interval weighs the same, a part of one its share of days, so that terms which go on
-- unchanged are earned as before. Weights are whole numbers over the days of the first and the
-- last interval; without a common interval the remaining time is one, counted in days.
with

segments as (
    select
        *,
        case amount_interval
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end as interval_months,
        case amount_interval
            when 'day' then 1
            when 'week' then 7
        end as interval_days
    from {{ ref('int_segments') }}
    where segment_position > 0
),

one_interval as (
    select
        segments.*,
        0 as interval_number,
        remaining_from_date as interval_from_date,
        remaining_to_date as interval_to_date
    from segments
    where amount_interval is null
),

many_intervals as (
    select
        segments.*,
        series_number as interval_number,
        cast(case
            when interval_months is not null then {{ add_months('cast(first_interval_date as timestamp)', 'series_number * interval_months') }}
            else {{ add_days('cast(first_interval_date as timestamp)', 'series_number * interval_days') }}
        end as date) as interval_from_date,
        cast(case
            when interval_months is not null then {{ add_months('cast(first_interval_date as timestamp)', '(series_number + 1) * interval_months') }}
            else {{ add_days('cast(first_interval_date as timestamp)', '(series_number + 1) * interval_days') }}
        end as date) as interval_to_date
    from segments,
        {{ number_series('0', 'cast(case when interval_months is not null then ' ~ int_div(months_between('first_interval_date', 'remaining_to_date'), 'interval_months') ~ ' else ' ~ int_div(days_between('first_interval_date', 'remaining_to_date'), 'interval_days') ~ ' end as integer)') }}
    where amount_interval is not null
),

intervals as (
    select * from one_interval
    union all by name
    select * from many_intervals
    where
        interval_from_date < remaining_to_date
        and interval_to_date > remaining_from_date
),

clipped as (
    select
        *,
        greatest(interval_from_date, remaining_from_date) as from_date,
        least(interval_to_date, remaining_to_date) as to_date,
        {{ days_between('interval_from_date', 'interval_to_date') }} as day_count,
        first_value({{ days_between('interval_from_date', 'interval_to_date') }}) over in_order as first_day_count,
        last_value({{ days_between('interval_from_date', 'interval_to_date') }}) over in_order as last_day_count
    from intervals
    window in_order as (
        partition by pool_id, component, strand_id, known_from_ordinal, segment_position
        order by interval_number
        rows between unbounded preceding and unbounded following
    )
),

weighed as (
    select
        *,
        case
            when {{ days_between('from_date', 'to_date') }} = day_count then first_day_count * last_day_count
            -- only the first and the last interval can be cut, so this divides without a rest
            else cast({{ int_div('first_day_count * last_day_count', 'day_count') }} as bigint) * {{ days_between('from_date', 'to_date') }}
        end as weight
    from clipped
),

int_segments__days as (
    select
        pool_id,
        component,
        strand_id,
        known_from_ordinal,
        segment_position,
        interval_number,
        from_date,
        to_date,
        cast(sum(weight) over (
            partition by pool_id, component, strand_id, known_from_ordinal, segment_position order by interval_number
        ) - weight as bigint) as weight_before,
        cast(weight as bigint) as weight,
        cast(sum(weight) over (
            partition by pool_id, component, strand_id, known_from_ordinal, segment_position
        ) as bigint) as whole_weight
    from weighed
)

select * from int_segments__days

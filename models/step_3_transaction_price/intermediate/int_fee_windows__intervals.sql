{{ config(materialized='view') }} {#- read once, by the mart that dates the agreement -#}
-- One row per version of a fixed fee, segment of its strand and interval, and one for the rest of an interval that a termination cuts: the amount and its days.
--
-- A fee per interval buys the days of that interval; a fee stated once buys the whole window. When a
-- contract is terminated, the fee of the interval it ends in is still owed unless the unused part is
-- refunded: that part belongs to the last day, since nothing is left to perform.
with

windows as (
    select * from {{ ref('int_fee_windows') }}
),

stated_once as (
    select
        *,
        0 as interval_number,
        from_date as interval_from_date,
        coalesce(agreed_to_date, to_date, from_date) as interval_to_date
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
        end as date) as interval_to_date
    from windows,
        {{ number_series('0', 'cast(case when interval_months is not null then ' ~ int_div(months_between('from_date', 'series_to_date'), 'interval_months') ~ ' else ' ~ int_div(days_between('from_date', 'series_to_date'), 'interval_days') ~ ' end as integer)') }}
    where interval_months is not null or interval_days is not null
),

intervals as (
    select * from stated_once
    union all by name
    select * from repeated
    where interval_from_date < bound_date
),

-- A version of the terms prices the part of an interval that its window covers, by days.
served as (
    select
        *,
        case
            -- what is stated once is the new total of the whole window
            when interval_months is null and interval_days is null then interval_from_date
            else greatest(interval_from_date, coalesce(priced_from_date, interval_from_date))
        end as served_from_date,
        least(interval_to_date, coalesce(to_date, interval_to_date), coalesce(priced_to_date, interval_to_date)) as served_to_date
    from intervals
),

priced as (
    select
        *,
        -- an interval cut short by the end of the line, or by a change of its terms, costs its share of days
        case
            when served_from_date > interval_from_date or served_to_date < interval_to_date
                then
                    {{ share_of('fixed_amount', days_between('interval_from_date', 'served_to_date'), days_between('interval_from_date', 'interval_to_date')) }}
                    - {{ share_of('fixed_amount', days_between('interval_from_date', 'served_from_date'), days_between('interval_from_date', 'interval_to_date')) }}
            else cast(fixed_amount as decimal(38, 18))
        end as served_amount,
        -- a fee stated once for no window is one whole; so is what is stated once of a package, interval by interval
        cast(greatest(case
            when is_part_of_package then {{ days_between('from_date', 'coalesce(agreed_to_date, to_date, interval_to_date)') }}
            else {{ days_between('interval_from_date', 'interval_to_date') }}
        end, 1) as bigint) as whole_days,
        case
            when interval_to_date = interval_from_date then 1
            else {{ days_between('served_from_date', 'served_to_date') }}
        end as share_days
    from served
    where served_to_date > served_from_date or interval_to_date = interval_from_date
),

int_fee_windows__intervals as (
    select
        priced.* exclude (interval_to_date, served_amount),
        served_amount as amount
    from priced

    union all

    -- the rest of the interval in which the contract ended, from its last day or from the change that priced it
    select
        priced.* exclude (interval_to_date, served_amount)
        replace (
            cast(served_to_date - interval 1 day as date) as served_from_date,
            {{ days_between('served_to_date', 'interval_to_date') }} as share_days
        ),
        cast(fixed_amount as decimal(38, 18))
        - {{ share_of('fixed_amount', days_between('interval_from_date', 'served_to_date'), days_between('interval_from_date', 'interval_to_date')) }} as amount
    from priced
    where
        is_terminated
        and termination_refund_kind = 'none'
        and served_to_date < interval_to_date
)

select * from int_fee_windows__intervals

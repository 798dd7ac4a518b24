{{ config(materialized='view') }} {#- read once, by the mart that dates the agreement -#}
-- One row per version of a fixed fee, segment of its strand and interval, and one for the rest of an interval that a termination cuts: the amount and its days.
--
-- A fee per interval buys the days of that interval; a fee stated once buys the whole window: where an event
-- stated it anew, the days before the event at what they cost, and the days ahead. When a contract is terminated, the fee of the
-- interval it ends in is still owed unless the unused part is refunded: that part belongs to the last day, since nothing is left to perform.
with

windows as (
    select * from {{ ref('int_fee_windows') }}
),

stated_once as (
    select
        windows.*,
        0 as interval_number,
        windows.from_date as interval_from_date,
        coalesce(windows.agreed_to_date, windows.to_date, windows.from_date) as interval_to_date,
        restated.cost_before,
        restated.spread_from_date,
        restated.kept_amount
    from windows
    left join {{ ref('int_fee_windows__restated') }} as restated
        on restated.part_id = windows.part_id
        and restated.known_from_ordinal = windows.known_from_ordinal
        and restated.version_number = windows.version_number
        and windows.discounted_line_id is null
    where windows.interval_months is null and windows.interval_days is null
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
        cast(null as decimal(38, 18)) as cost_before,
        cast(null as date) as spread_from_date,
        cast(null as decimal(38, 18)) as kept_amount
    from windows,
        {{ number_series('0', 'cast(case when interval_months is not null then ' ~ int_div(months_between('from_date', 'series_to_date'), 'interval_months') ~ ' else ' ~ int_div(days_between('from_date', 'series_to_date'), 'interval_days') ~ ' end as integer)') }}
    where interval_months is not null or interval_days is not null
),

-- A term from the 29th to the 31st that is agreed to the end of a shorter month is whole intervals: no day is left over for another.
whole as (
    select
        * exclude (ends_of_month_date)
        replace (
            case
                when interval_months is not null and extract(day from interval_to_date) < extract(day from from_date) and agreed_to_date = ends_of_month_date then agreed_to_date
                else interval_to_date
            end as interval_to_date
        )
    from (
        select
            *,
            cast({{ add_months("date_trunc('month', cast(interval_to_date as timestamp))", '1') }} as date) as ends_of_month_date
        from repeated
        where
            interval_from_date < bound_date
            and not coalesce(
                extract(day from interval_from_date) < extract(day from from_date)
                and interval_months is not null
                and agreed_to_date = cast({{ add_months("date_trunc('month', cast(interval_from_date as timestamp))", '1') }} as date),
                false
            )
    ) as bounded
),

intervals as (
    select * from stated_once
    union all by name
    select * from whole
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

-- An interval cut short by the end of the line, or by a change of its terms, costs its share of days.
costed as (
    select
        *,
        case
            when served_to_date >= interval_to_date then cast(fixed_amount as decimal(38, 18))
            when spread_from_date < interval_to_date
                then cost_before + {{ share_of('fixed_amount - cost_before', 'greatest(' ~ days_between('spread_from_date', 'served_to_date') ~ ', 0)', days_between('spread_from_date', 'interval_to_date')) }}
            else {{ share_of('fixed_amount', days_between('interval_from_date', 'served_to_date'), days_between('interval_from_date', 'interval_to_date')) }}
        end as cost_until_served
    from served
    where served_to_date > served_from_date or interval_to_date = interval_from_date
),

priced as (
    select
        * exclude (cost_before, spread_from_date) replace (coalesce(kept_amount, 0) as kept_amount),
        case
            when served_from_date > interval_from_date
                then
                    cost_until_served
                    - {{ share_of('fixed_amount', days_between('interval_from_date', 'served_from_date'), days_between('interval_from_date', 'interval_to_date')) }}
            else cost_until_served
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
    from costed
),

int_fee_windows__intervals as (
    select
        priced.* exclude (interval_to_date, served_amount, cost_until_served),
        served_amount as amount
    from priced

    union all

    -- the rest of the interval in which the contract ended, from its last day or from the change that priced it
    select
        priced.* exclude (interval_to_date, served_amount, cost_until_served)
        replace (
            cast(served_to_date - interval 1 day as date) as served_from_date,
            {{ days_between('served_to_date', 'interval_to_date') }} as share_days
        ),
        cast(fixed_amount as decimal(38, 18)) - cost_until_served as amount
    from priced
    where
        is_terminated
        and termination_refund_kind = 'none'
        and served_to_date < interval_to_date
)

select * from int_fee_windows__intervals

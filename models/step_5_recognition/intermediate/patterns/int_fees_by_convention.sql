{{ config(materialized='view') }} {#- almost all fees pass by day and are not written again -#}
-- One row per version of a fee priced by days, set of books, belief and stretch of days that earn alike (topic ratable_convention).
--
-- By day, unless elected otherwise, the fee is one stretch: its first day counts whole, its last is the one before its end. By month
-- every calendar month earns the same, and the one in which the fee ends earns nothing, unless it began in it; by second the first and the last
-- day earn the part that is served. What a change of terms cuts, and what remains of a price after it, passes by days.
with

elected as (
    select
        fees.*,
        lines.ratable_convention,
        {{ months_between('fees.from_date', 'fees.to_date') }} as months_passed,
        {{ seconds_between('cast(cast(lines.first_starts_local as date) as timestamp)', 'lines.first_starts_local') }} as seconds_before,
        -- what ends elsewhere than the line did at first ends at the time of day at which it starts
        case
            when cast(lines.first_ends_local as date) = fees.to_date then {{ seconds_between('cast(cast(lines.first_ends_local as date) as timestamp)', 'lines.first_ends_local') }}
            else {{ seconds_between('cast(cast(lines.first_starts_local as date) as timestamp)', 'lines.first_starts_local') }}
        end as seconds_after
    from {{ ref('int_fees_by_day') }} as fees
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = fees.line_id
        and lines.ratable_convention is not null
    where
        coalesce(fees.earned_from_date <= fees.from_date, true)
        and coalesce(fees.earned_to_date > fees.to_date, true)
),

by_month as (
    select
        elected.* replace (
            case when series_number = 0 then from_date else cast({{ add_months("date_trunc('month', cast(from_date as timestamp))", 'series_number') }} as date) end as from_date,
            case when months_passed = 0 then to_date else cast({{ add_months("date_trunc('month', cast(from_date as timestamp))", 'series_number + 1') }} as date) end as to_date,
            {{ share_of('amount', '(series_number + 1)', 'greatest(months_passed, 1)') }}
            - {{ share_of('amount', 'series_number', 'greatest(months_passed, 1)') }} as amount
        )
    from elected, {{ number_series('0', 'greatest(months_passed, 1) - 1') }}
    where ratable_convention = 'month'
),

-- The part of the first day, the days between, the part of the last.
timed as (
    select
        elected.* replace (
            case stretches.number
                when 1 then from_date
                when 2 then cast(from_date + case when seconds_before > 0 then interval 1 day else interval 0 day end as date)
                else to_date
            end as from_date,
            case stretches.number
                when 1 then cast(from_date + interval 1 day as date)
                when 2 then to_date
                else cast(to_date + interval 1 day as date)
            end as to_date
        ),
        {{ days_between('from_date', 'to_date') }} * 86400 - seconds_before + seconds_after as whole_seconds,
        case stretches.number
            when 1 then 0
            when 2 then case when seconds_before > 0 then 86400 - seconds_before else 0 end
            else {{ days_between('from_date', 'to_date') }} * 86400 - seconds_before
        end as from_second,
        case stretches.number
            when 1 then case when seconds_before > 0 then 86400 - seconds_before else 0 end
            when 2 then {{ days_between('from_date', 'to_date') }} * 86400 - seconds_before
            else {{ days_between('from_date', 'to_date') }} * 86400 - seconds_before + seconds_after
        end as to_second
    from elected
    cross join (values (1), (2), (3)) as stretches (number)
    where ratable_convention = 'second'
),

by_second as (
    select
        * replace (
            {{ share_of('amount', 'to_second', 'whole_seconds') }}
            - {{ share_of('amount', 'from_second', 'whole_seconds') }} as amount
        )
    from timed
    where to_second > from_second
),

by_day as (
    select fees.*
    from {{ ref('int_fees_by_day') }} as fees
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = fees.line_id
    where
        lines.ratable_convention is null
        or fees.earned_from_date > fees.from_date
        or fees.earned_to_date <= fees.to_date
),

int_fees_by_convention as (
    select * from by_day
    union all
    select * exclude (ratable_convention, months_passed, seconds_before, seconds_after)
    from by_month
    union all
    select * exclude (ratable_convention, months_passed, seconds_before, seconds_after, whole_seconds, from_second, to_second)
    from by_second
)

select * from int_fees_by_convention

{{ config(materialized='view') }} {#- few fees are stated anew; read once, by what follows their totals -#}
-- One row per fee that an event states anew, version of its terms and closes that believed so: what is stated, from when, and what a fee by the interval costs until the next version.
with

versions as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        pattern in {{ patterns_by_handover() }} as is_goods,
        fixed_amount,
        quantity,
        interval_months,
        interval_days,
        interval_months is null and interval_days is null as is_stated_once,
        from_date,
        greatest(from_date, coalesce(priced_from_date, from_date)) as priced_from_date,
        coalesce(agreed_to_date, from_date) as agreed_to_date,
        -- the event counts from its approval where that is later
        greatest(coalesce(segment_from_date, from_date), coalesce(priced_from_date, from_date)) as given_up_from_date,
        greatest(from_date, coalesce(least(lead(priced_from_date) over in_order, agreed_to_date), from_date)) as replaced_date,
        row_number() over in_order as version_order
    from {{ ref('int_fee_windows') }}
    where
        is_modified
        and discounted_line_id is null
        -- as stated first, in the segment that begins with it
        and segment_number = version_number
    window in_order as (partition by part_id, known_from_ordinal order by version_number)
),

-- A fee by the interval costs whole intervals, and the days of the one that the event cuts: at where it is replaced less at where it began.
bounded as (
    select
        versions.*,
        bounds.sign,
        case bounds.sign when 1 then versions.replaced_date else versions.priced_from_date end as bound_date
    from versions
    cross join (values (1), (-1)) as bounds (sign)
    where not versions.is_stated_once
),

counted as (
    select
        *,
        cast(case
            when interval_months is not null then {{ int_div(months_between('from_date', 'bound_date'), 'interval_months') }}
            else {{ int_div(days_between('from_date', 'bound_date'), 'interval_days') }}
        end as integer) as interval_number
    from bounded
),

-- The 31st comes earlier in a shorter month.
passed as (
    select
        * exclude (interval_number),
        case
            when cast({{ add_months('cast(from_date as timestamp)', 'interval_number * interval_months') }} as date) > bound_date then interval_number - 1
            else interval_number
        end as interval_number
    from counted
),

dated as (
    select
        *,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', 'interval_number * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', 'interval_number * interval_days') }}
        end as date) as interval_from_date,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', '(interval_number + 1) * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', '(interval_number + 1) * interval_days') }}
        end as date) as interval_to_date
    from passed
),

costs as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        sum(sign * (interval_number * fixed_amount + {{ share_of('fixed_amount', days_between('interval_from_date', 'bound_date'), days_between('interval_from_date', 'interval_to_date')) }})) as interval_cost
    from dated
    group by part_id, known_from_ordinal, version_number
),

int_fee_windows__versions as (
    select
        versions.part_id,
        versions.known_from_ordinal,
        versions.version_number,
        versions.version_order,
        versions.is_goods,
        versions.is_stated_once,
        versions.fixed_amount,
        versions.quantity,
        versions.priced_from_date,
        versions.given_up_from_date,
        versions.agreed_to_date,
        cast(coalesce(costs.interval_cost, 0) as decimal(38, 18)) as interval_cost
    from versions
    left join costs
        on costs.part_id = versions.part_id
        and costs.known_from_ordinal = versions.known_from_ordinal
        and costs.version_number = versions.version_number
)

select * from int_fee_windows__versions

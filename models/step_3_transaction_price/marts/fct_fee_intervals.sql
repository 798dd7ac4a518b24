-- One row per version of a fixed fee, segment of its obligation, interval and component: the amount and the days it is for.
--
-- Lines that are price only (discounts, the price of a package) are here too: step 4 spreads them.
--
-- A fee per interval buys the days of that interval; a fee stated once buys the whole window. Of an
-- open-ended line only intervals that have begun are agreed: the customer may leave before the next.
-- When a contract is terminated, the fee of the interval it ends in is still owed unless the
-- unused part is refunded: that part belongs to the last day, since nothing is left to perform.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

-- A discount by rate is off other lines: their terms say what it is per interval. What an option states is
-- the price of exercising it: the right itself is part of the price of what it came with.
terms as (
    select
        * replace (
            case when pattern = 'material_right' then cast(0 as decimal(38, 9)) else fixed_amount end as fixed_amount,
            case when pattern = 'material_right' then 'once' else amount_interval end as amount_interval
        ),
        cast(null as varchar) as discounted_line_id
    from {{ ref('int_line_terms') }}
    where fixed_amount is not null or pattern = 'material_right'
    union all by name
    select * from {{ ref('int_line_terms__discounts') }}
),

windows as (
    select
        terms.*,
        cast({{ local_from_utc('service_start_at', 'time_zone') }} as date) as from_date,
        cast({{ local_from_utc('coalesce(service_end_at, effective_to)', 'time_zone') }} as date) as to_date,
        cast({{ local_from_utc('coalesce(agreed_end_at, service_end_at, effective_to)', 'time_zone') }} as date) as agreed_to_date,
        cast({{ local_from_utc('segment_from_at', 'time_zone') }} as date) as segment_from_date,
        cast({{ local_from_utc('segment_to_at', 'time_zone') }} as date) as segment_to_date,
        cast({{ local_from_utc('priced_from_at', 'time_zone') }} as date) as priced_from_date,
        cast({{ local_from_utc('priced_to_at', 'time_zone') }} as date) as priced_to_date,
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
    from terms
    cross join run
    where terms.pattern in ('ratable_by_day', 'point_in_time', 'price_only', 'material_right', 'set_up')
),

-- An open end is as far away as the next change of terms, else the intervals that have begun.
bounded as (
    select
        *,
        coalesce(to_date, priced_to_date, segment_to_date, as_of_date) as series_to_date,
        coalesce(to_date, priced_to_date, segment_to_date, cast(as_of_date + interval 1 day as date)) as bound_date
    from windows
),

stated_once as (
    select
        *,
        0 as interval_number,
        from_date as interval_from_date,
        coalesce(agreed_to_date, to_date, from_date) as interval_to_date
    from bounded
    where interval_months is null and interval_days is null
),

repeated as (
    select
        bounded.*,
        series_number as interval_number,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', 'series_number * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', 'series_number * interval_days') }}
        end as date) as interval_from_date,
        cast(case
            when interval_months is not null then {{ add_months('cast(from_date as timestamp)', '(series_number + 1) * interval_months') }}
            else {{ add_days('cast(from_date as timestamp)', '(series_number + 1) * interval_days') }}
        end as date) as interval_to_date
    from bounded,
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
        -- a fee stated once for no window is one whole
        cast(greatest({{ days_between('interval_from_date', 'interval_to_date') }}, 1) as bigint) as whole_days,
        case
            when interval_to_date = interval_from_date then 1
            else {{ days_between('served_from_date', 'served_to_date') }}
        end as share_days
    from served
    where served_to_date > served_from_date or interval_to_date = interval_from_date
),

parts as (
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
),

agreed as (
    select
        parts.line_id,
        parts.obligation_id,
        parts.contract_id,
        parts.entity_id,
        parts.currency,
        parts.pattern,
        'fee' as component,
        parts.segment_number,
        parts.last_segment_number,
        parts.segment_number = parts.last_segment_number as is_latest_segment,
        parts.segment_from_date,
        parts.segment_to_date,
        parts.segment_is_open,
        parts.ends_contract,
        parts.is_modified,
        parts.amount_interval,
        parts.from_date as first_interval_date,
        parts.interval_number,
        parts.discounted_line_id,
        -- what is agreed only as it begins is no part of the price agreed first
        case when parts.is_open_ended and parts.interval_number > 0 then begun.period_ordinal else 0 end as tranche_ordinal,
        parts.known_from_ordinal as believed_from_ordinal,
        -- an interval of an open-ended line is agreed when it begins
        case
            when parts.is_open_ended then greatest(parts.known_from_ordinal, begun.period_ordinal)
            else parts.known_from_ordinal
        end as known_from_ordinal,
        parts.known_to_ordinal,
        parts.arrived_family,
        parts.replaced_family,
        parts.served_from_date as from_date,
        parts.served_to_date as to_date,
        parts.quantity,
        parts.whole_days,
        parts.share_days,
        parts.fixed_amount = 0 as is_stated_free,
        parts.amount
    from parts
    {{ join_period_of_date('begun', 'parts.entity_id', 'parts.interval_from_date') }}
    where not (parts.is_terminated and parts.termination_refund_kind = 'full')
),

fct_fee_intervals as (
    select
        * exclude (amount, share_days, is_stated_free),
        cast(sum(share_days) as bigint) as share_days,
        cast(sum(amount) as decimal(38, 18)) as amount
    from agreed
    where known_from_ordinal < known_to_ordinal
    group by all
    -- a segment without a price is a segment all the same, and what is free is promised all the same
    having sum(amount) <> 0 or is_modified or bool_or(is_stated_free)
)

select * from fct_fee_intervals

-- One row per version of a fixed fee, segment of its strand, interval and component: the amount and the days it is for.
--
-- Lines that are price only (discounts, the price of a package) are here too: step 4 spreads them.
--
-- A fee per interval buys the days of that interval; a fee stated once buys the whole window. Intervals
-- beyond the accounting term (all of an open-ended line that may be ended at any time) are agreed as
-- they begin, less the notice: the customer may leave before the next (ASC 606-10-25-3, IFRS 15.11).
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
    union all by name
    select
        *,
        cast(null as varchar) as discounted_line_id
    from {{ ref('int_line_terms__termination_fees') }}
),

-- What a package of a price per interval includes is promised interval by interval, as its price is, where the customer may leave before its end.
packages as (
    select
        parts.line_id,
        max(package_terms.amount_interval) as amount_interval
    from {{ ref('dim_obligation_lines') }} as parts
    inner join {{ ref('int_line_terms') }} as package_terms
        on package_terms.line_id = parts.parent_line_id
        and package_terms.pattern = 'price_only'
        and package_terms.amount_interval <> 'once'
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = parts.contract_id
        and contracts.accounting_end_at < contracts.effective_to
    where parts.pattern in {{ patterns_by_day() }}
    group by 1
),

-- What is not distinct from another promise is spread over the window of that. An agent's price is
-- its commission: the share of the other principal is collected for that (D14; ASC 606-10-55-36..38, IFRS 15.B34..B36).
stated as (
    select
        terms.* replace (
            coalesce(lines.joined_from_at, terms.service_start_at) as service_start_at,
            case when lines.joined_from_at is not null then coalesce(lines.joined_to_at, terms.service_end_at) else terms.service_end_at end as service_end_at,
            case when lines.joined_from_at is not null then coalesce(lines.joined_to_at, terms.agreed_end_at) else terms.agreed_end_at end as agreed_end_at,
            {{ net_of_third_party('terms.fixed_amount', 'lines.third_party_share') }} as fixed_amount,
            coalesce(packages.amount_interval, terms.amount_interval) as amount_interval,
            case when changes.contract_event_id is not null then coalesce(parents.obligation_id, terms.obligation_id) else terms.obligation_id end as obligation_id,
            case when changes.contract_event_id is not null and parents.obligation_id is not null then 'ratable_by_day' else terms.pattern end as pattern
        ),
        packages.line_id is not null as is_part_of_package,
        case
            when changes.contract_event_id is not null and parents.obligation_id is not null then 'concession'
            when lines.third_party_share > 0 then 'agency'
            else 'fee'
        end as component
    from terms
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = terms.line_id
    left join {{ ref('dim_obligation_lines') }} as parents on parents.line_id = lines.parent_line_id
    -- a discount that an event gives for days before it is a concession on these days, not a price of what is ahead (D12)
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.added_by_event_id
        and lines.line_kind = 'discount'
        and changes.segment_from_at >= terms.service_end_at
    left join packages
        on packages.line_id = terms.line_id
        and terms.fixed_amount = 0
        and coalesce(terms.amount_interval, 'once') = 'once'
    where
        terms.pattern in {{ patterns_by_day() }}
        or terms.pattern in {{ patterns_by_handover() }}
        or terms.pattern in ('licence', 'price_only', 'material_right', 'set_up')
),

windows as (
    select
        terms.*,
        cast({{ local_from_utc('service_start_at', 'terms.time_zone') }} as date) as from_date,
        -- what is handed over is not cut by days where the contract ends early
        cast({{ local_from_utc('coalesce(case when terms.pattern in ' ~ patterns_by_handover() ~ ' then agreed_end_at end, service_end_at, terms.effective_to)', 'terms.time_zone') }} as date) as to_date,
        cast({{ local_from_utc('coalesce(agreed_end_at, service_end_at, terms.effective_to)', 'terms.time_zone') }} as date) as agreed_to_date,
        cast({{ local_from_utc('contracts.effective_from', 'terms.time_zone') }} as date) as contract_from_date,
        cast({{ local_from_utc('contracts.accounting_end_at', 'terms.time_zone') }} as date) as accounting_end_date,
        coalesce(contracts.termination_notice_days, 0) as termination_notice_days,
        cast({{ local_from_utc('segment_from_at', 'terms.time_zone') }} as date) as segment_from_date,
        cast({{ local_from_utc('segment_to_at', 'terms.time_zone') }} as date) as segment_to_date,
        cast({{ local_from_utc('priced_from_at', 'terms.time_zone') }} as date) as priced_from_date,
        cast({{ local_from_utc('priced_to_at', 'terms.time_zone') }} as date) as priced_to_date,
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
    from stated as terms
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = terms.contract_id
    cross join run
),

-- An open end is as far away as the next change of terms, else what nobody can leave any more.
bounded as (
    select
        *,
        coalesce(to_date, priced_to_date, segment_to_date, open_to_date) as series_to_date,
        coalesce(to_date, priced_to_date, segment_to_date, cast(open_to_date + interval 1 day as date)) as bound_date
    from (
        select
            *,
            greatest(
                cast({{ add_days('cast(as_of_date as timestamp)', 'termination_notice_days') }} as date),
                cast(coalesce(accounting_end_date, as_of_date) - interval 1 day as date)
            ) as open_to_date
        from windows
    ) as reached
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

-- Terms that an event changed are folded as a whole: only their open ends are agreed as they begin.
bound_parts as (
    select
        *,
        coalesce(interval_from_date >= accounting_end_date and not is_modified and (interval_months is not null or interval_days is not null), false)
        or is_open_ended and (is_modified or accounting_end_date is null or interval_months is null and interval_days is null) as is_beyond_exit,
        cast({{ add_days('cast(interval_from_date as timestamp)', '-termination_notice_days') }} as date) as agreed_date
    from parts
),

believed as (
    select
        parts.line_id,
        parts.part_id,
        parts.obligation_id,
        parts.strand_id,
        parts.contract_id,
        parts.entity_id,
        parts.currency,
        parts.pattern,
        parts.component,
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
        parts.is_beyond_exit and coalesce(parts.interval_from_date > parts.contract_from_date, true) as is_beyond_term,
        parts.discounted_line_id,
        -- what is agreed only as it begins is no part of the price agreed first
        case
            when parts.is_beyond_exit and coalesce(parts.interval_from_date > parts.contract_from_date, true) then agreed.period_ordinal
            else 0
        end as tranche_ordinal,
        parts.known_from_ordinal as believed_from_ordinal,
        case
            when parts.is_beyond_exit then greatest(parts.known_from_ordinal, agreed.period_ordinal)
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
    from bound_parts as parts
    {{ join_period_of_date('agreed', 'parts.entity_id', 'parts.agreed_date') }}
    where not (parts.is_terminated and parts.termination_refund_kind = 'full')
),

fct_fee_intervals as (
    select
        * exclude (amount, share_days, is_stated_free),
        cast(sum(share_days) as bigint) as share_days,
        cast(sum(amount) as decimal(38, 18)) as amount
    from believed
    where known_from_ordinal < known_to_ordinal
    group by all
    -- a segment without a price is a segment all the same, and what is free is promised all the same
    having sum(amount) <> 0 or is_modified or bool_or(is_stated_free)
)

select * from fct_fee_intervals

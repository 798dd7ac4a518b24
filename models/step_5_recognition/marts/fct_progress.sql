-- One row per obligation earned by progress and close that changed it: how much of the work is done.
with

versions as (
    select
        obligation_id,
        revision,
        measure,
        max(progress_to_date) as progress_millionths,
        max(progress_total) as total_millionths,
        max(uninstalled_to_date) as uninstalled_millionths,
        bool_or(is_complete) as is_complete
    from {{ ref('int_progress__beliefs') }}
    group by obligation_id, revision, measure
),

-- of what arrived at one close, the last state stands
closes as (
    select
        *,
        cast({{ int_div('revision', '10') }} as integer) as known_from_ordinal
    from versions
    qualify row_number() over (partition by obligation_id, {{ int_div('revision', '10') }} order by revision desc) = 1
),

fct_progress as (
    select
        closes.obligation_id,
        obligations.contract_id,
        obligations.entity_id,
        closes.known_from_ordinal,
        lead(closes.known_from_ordinal, 1, 999999) over (
            partition by closes.obligation_id order by closes.known_from_ordinal
        ) as known_to_ordinal,
        periods.period_id as as_of_period_id,
        closes.measure,
        closes.is_complete or coalesce(closes.total_millionths > 0, false) as is_measurable,
        closes.is_complete,
        cast(closes.progress_millionths * 0.000001 as decimal(38, 9)) as progress_to_date,
        cast(closes.total_millionths * 0.000001 as decimal(38, 9)) as progress_total,
        cast(closes.uninstalled_millionths * 0.000001 as decimal(38, 9)) as uninstalled_cost,
        case
            when closes.is_complete then cast(1 as decimal(38, 9))
            when closes.total_millionths > 0
                then {{ from_billionths(int_div('cast(least(closes.progress_millionths, closes.total_millionths) as ' ~ wide_integer() ~ ') * 1000000000', 'cast(closes.total_millionths as ' ~ wide_integer() ~ ')')) }}
        end as progress_share
    from closes
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = closes.obligation_id
    left join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = obligations.entity_id
        and periods.period_ordinal = closes.known_from_ordinal
)

select * from fct_progress

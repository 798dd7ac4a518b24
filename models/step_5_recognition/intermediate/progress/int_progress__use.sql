-- One row per quantity of use that measures the progress of a minimum with its overage, and minimum whose window is over, in the form of a report (section 3.5, method B).
--
-- As the window ends all that was promised is done, however much of it was used.
with

minimums as (
    select * from {{ ref('dim_obligation_lines') }}
    where line_kind = 'minimum_commitment' and pattern = 'progress'
),

used as (
    select
        minimums.obligation_id,
        minimums.entity_id,
        minimums.line_id,
        'use:' || cast(usage.line_segment_number as varchar) || ':' || cast(usage.service_ordinal as varchar) || ':' || cast({{ usage_revision('usage') }} as varchar) as delivery_id,
        usage.segment_from_at as occurred_at,
        'units' as measure,
        usage.service_ordinal,
        usage.known_ordinal,
        {{ usage_revision('usage') }} as counted_from_revision,
        cast(sum(usage.quantity * 1000000) as decimal(38, 0)) as measured_millionths
    from minimums
    inner join {{ ref('fct_minimum_uses') }} as uses on uses.minimum_line_id = minimums.line_id
    inner join {{ ref('fct_usage_by_period') }} as usage on usage.line_id = uses.line_id
    group by all
),

windows as (
    select
        minimums.obligation_id,
        minimums.entity_id,
        minimums.line_id,
        max(fees.to_date) as to_date,
        max(fees.known_from_ordinal) as known_from_ordinal
    from minimums
    inner join {{ ref('fct_fee_intervals') }} as fees
        on fees.line_id = minimums.line_id
        and fees.known_to_ordinal = 999999
    group by minimums.obligation_id, minimums.entity_id, minimums.line_id
),

ended as (
    select
        windows.obligation_id,
        windows.entity_id,
        windows.line_id,
        'end:' || windows.line_id as delivery_id,
        cast(windows.to_date as timestamp) - interval 1 microsecond as occurred_at,
        'handover' as measure,
        periods.period_ordinal as service_ordinal,
        greatest(periods.period_ordinal, windows.known_from_ordinal) as known_ordinal,
        greatest(periods.period_ordinal, windows.known_from_ordinal) * 10 + {{ family('contract') }} as counted_from_revision,
        cast(0 as decimal(38, 0)) as measured_millionths
    from windows
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = windows.entity_id
        and periods.start_date < windows.to_date
        and periods.end_date >= windows.to_date
    cross join {{ source('state', 'run_context') }} as run
    where periods.end_at <= run.as_of
),

int_progress__use as (
    select * from used
    union all by name
    select * from ended
)

select * from int_progress__use

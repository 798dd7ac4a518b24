-- From a revenue line of the journal back to the usage behind it: one row per usage line, day and known period.
--
-- Put the book, obligation and period of the journal line here. The last column adds up to the
-- line's amount before rounding; the events of a day are in raw.usage_events.
with

line as (
    select
        'asc606' as book,
        'ctr_000005:api_multi:units' as obligation_id,
        '2026-05' as period_id
),

postings as (
    select waterfall.*
    from {{ ref('fct_revenue_waterfall') }} as waterfall
    inner join line
        on line.book = waterfall.book
        and line.obligation_id = waterfall.obligation_id
        and line.period_id = waterfall.posting_period_id
)

select
    usage.line_id,
    usage.meter_id,
    usage.dim_1_value,
    usage.usage_date,
    usage.service_period_id,
    usage.known_period_id,
    usage.is_withdrawal,
    usage.quantity,
    usage.carried_amount,
    usage.event_count,
    rates.rate_amount,
    rates.rate_per_quantity
from {{ ref('fct_usage_daily') }} as usage
inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = usage.line_id
inner join (
    select distinct obligation_id, service_period_id, known_period_id
    from postings
) as posted
    on posted.obligation_id = lines.obligation_id
    and posted.service_period_id = usage.service_period_id
    and posted.known_period_id = usage.known_period_id
left join {{ ref('fct_usage_rates') }} as rates
    on rates.line_segment_number = usage.line_segment_number
    and rates.dim_1_value is not distinct from usage.dim_1_value
    and rates.dim_2_value is not distinct from usage.dim_2_value
    and rates.next_revision = 99999999
where usage.non_billable_reason is null
order by usage.usage_date, usage.line_id, usage.dim_1_value

-- One row per usage line and period whose events, rated each alone, do not add up to the usage of the period (I13).
with

by_event as (
    select
        line_id,
        service_ordinal,
        cast(sum(event_quantity * event_count) as decimal(38, 9)) as quantity
    from {{ ref('fct_usage_event_quantities') }}
    group by line_id, service_ordinal
),

by_period as (
    select
        entity_id,
        line_id,
        service_ordinal,
        sum(quantity) as quantity
    from {{ ref('fct_usage_by_period') }}
    where line_id in (select line_id from {{ ref('fct_usage_scopes') }} where scope = 'event')
    group by entity_id, line_id, service_ordinal
),

chk_events_add_up as (
    select
        'chk_events_add_up' as control_code,
        '*' as book,
        by_period.entity_id,
        periods.period_id,
        by_period.line_id as subject,
        cast(by_period.quantity as decimal(38, 18)) as expected_amount,
        cast(coalesce(by_event.quantity, 0) as decimal(38, 18)) as actual_amount
    from by_period
    left join by_event
        on by_event.line_id = by_period.line_id
        and by_event.service_ordinal = by_period.service_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = by_period.entity_id
        and periods.period_ordinal = by_period.service_ordinal
    where by_period.quantity <> coalesce(by_event.quantity, 0)
)

select * from chk_events_add_up

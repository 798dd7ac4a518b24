-- One row per usage line and period whose daily evidence and period evidence differ, contained meters apart (I13).
with

daily as (
    select
        usage.entity_id,
        usage.contract_id,
        usage.service_ordinal,
        sum(usage.quantity) as quantity
    from {{ ref('fct_usage_daily') }} as usage
    where usage.non_billable_reason is null
    group by usage.entity_id, usage.contract_id, usage.service_ordinal
),

-- What a contained meter deducted from the meter that contains it was counted by both.
contained as (
    select
        usage.contract_id,
        usage.service_ordinal,
        sum(usage.quantity) as quantity
    from {{ ref('fct_usage_daily') }} as usage
    inner join {{ ref('dim_meters') }} as wholes on wholes.contains_meter_id = usage.meter_id
    where
        usage.non_billable_reason is null
        and exists (
            select 1 from {{ ref('fct_usage_by_period') }} as priced
            where
                priced.contract_id = usage.contract_id
                and priced.meter_id = wholes.meter_id
                and priced.segment_from_at < cast(usage.usage_date + interval 2 day as timestamp)
                and priced.segment_to_at > cast(usage.usage_date as timestamp)
        )
    group by usage.contract_id, usage.service_ordinal
),

by_period as (
    select
        contract_id,
        service_ordinal,
        sum(quantity) as quantity
    from {{ ref('fct_usage_by_period') }}
    group by contract_id, service_ordinal
),

chk_usage_is_conserved as (
    select
        'chk_usage_is_conserved' as control_code,
        '*' as book,
        daily.entity_id,
        periods.period_id,
        daily.contract_id as subject,
        cast(daily.quantity - coalesce(contained.quantity, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(by_period.quantity, 0) as decimal(38, 18)) as actual_amount
    from daily
    left join contained
        on contained.contract_id = daily.contract_id
        and contained.service_ordinal = daily.service_ordinal
    left join by_period
        on by_period.contract_id = daily.contract_id
        and by_period.service_ordinal = daily.service_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = daily.entity_id
        and periods.period_ordinal = daily.service_ordinal
    where daily.quantity - coalesce(contained.quantity, 0) is distinct from coalesce(by_period.quantity, 0)
)

select * from chk_usage_is_conserved

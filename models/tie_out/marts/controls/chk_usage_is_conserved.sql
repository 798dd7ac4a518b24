-- One row per usage line and period whose daily evidence and period evidence differ, contained meters apart (I13).
with

-- Days matter only for a meter that is contained in another one.
measured as (
    select
        entity_id,
        contract_id,
        meter_id,
        case when meter_id in (select contains_meter_id from {{ ref('dim_meters') }}) then usage_date end as usage_date,
        service_ordinal,
        -- of events that carry what they cost, that is what is priced
        sum(coalesce(carried_amount, quantity)) as quantity
    from {{ ref('fct_usage_daily') }}
    where non_billable_reason is null
    group by all
),

daily as (
    select
        entity_id,
        contract_id,
        service_ordinal,
        sum(quantity) as quantity
    from measured
    group by entity_id, contract_id, service_ordinal
),

containing as (
    select distinct
        priced.contract_id,
        wholes.contains_meter_id as meter_id,
        priced.segment_from_at,
        priced.segment_to_at
    from {{ ref('fct_usage_by_period') }} as priced
    inner join {{ ref('dim_meters') }} as wholes on wholes.meter_id = priced.meter_id
),

-- What a contained meter deducted from the meter that contains it was counted by both.
contained as (
    select
        measured.contract_id,
        measured.service_ordinal,
        sum(measured.quantity) as quantity
    from measured
    where
        exists (
            select 1 from containing
            where
                containing.contract_id = measured.contract_id
                and containing.meter_id = measured.meter_id
                and containing.segment_from_at < cast(measured.usage_date + interval 2 day as timestamp)
                and containing.segment_to_at > cast(measured.usage_date as timestamp)
        )
    group by measured.contract_id, measured.service_ordinal
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

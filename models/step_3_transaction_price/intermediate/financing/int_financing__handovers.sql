-- One row per schedule and handover that its closes knew: the part of what is promised that passed.
with

quantities as (
    select
        line_id,
        max(quantity) * greatest(count(distinct interval_number), 1) as quantity
    from {{ ref('fct_fee_intervals') }}
    where
        line_id in (select line_id from {{ ref('int_financing__schedules') }})
        and segment_number = 0
    group by line_id
),

int_financing__handovers as (
    select
        schedules.schedule_id,
        deliveries.occurred_date,
        cast(case when deliveries.measure in ('units', 'percent') then deliveries.measure_value else 1 end as decimal(38, 9)) as part,
        cast(case deliveries.measure
            when 'units' then coalesce(nullif(quantities.quantity, 0), 1)
            when 'percent' then 100
            else 1
        end as decimal(38, 9)) as whole
    from {{ ref('int_financing__schedules') }} as schedules
    inner join {{ ref('fct_deliveries') }} as deliveries
        on deliveries.line_id = schedules.line_id
        and deliveries.kind in ('delivered', 'licence_available', 'milestone')
        and deliveries.known_ordinal <= schedules.window_from_ordinal
        and coalesce(deliveries.withdrawn_ordinal, 999999) > schedules.window_from_ordinal
    left join quantities on quantities.line_id = schedules.line_id
    where schedules.passes_by = 'handover'
)

select * from int_financing__handovers

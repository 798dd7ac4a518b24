-- One row per fixed fee that may be paid more than a year from its transfer, and closes that believed so: whether its price holds interest (D15).
with

judged as (
    select
        schedule_id,
        outcome,
        max(price_amount) as price_amount
    from {{ ref('int_financing__judged') }}
    group by schedule_id, outcome
),

fct_financing as (
    select
        schedules.schedule_id,
        schedules.line_id,
        schedules.obligation_id,
        schedules.contract_id,
        schedules.entity_id,
        schedules.currency,
        judged.outcome,
        schedules.billing_timing,
        schedules.billing_interval,
        schedules.bill_from_date,
        schedules.bill_to_date,
        schedules.service_from_date,
        schedules.service_to_date,
        schedules.annual_rate,
        schedules.estimate_id,
        schedules.election_id,
        cast(schedules.stated_amount as decimal(38, 18)) as stated_amount,
        cast(coalesce(judged.price_amount, schedules.stated_amount) as decimal(38, 18)) as price_amount,
        schedules.window_from_ordinal as known_from_ordinal,
        schedules.window_to_ordinal as known_to_ordinal,
        schedules.arrived_family,
        schedules.replaced_family
    from {{ ref('int_financing__schedules') }} as schedules
    inner join judged on judged.schedule_id = schedules.schedule_id
)

select * from fct_financing

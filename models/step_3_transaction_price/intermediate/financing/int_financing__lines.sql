-- One row per fixed fee that may be paid more than a year from its transfer, and version of its terms: when it is billed and when it passes (D15).
--
-- The schedule is the agreed one, whatever was invoiced. A fee billed at least once a year beside the service it is for
-- needs no look at all; nor does one billed when it is delivered.
with

contracts as (
    select * from {{ ref('dim_contracts') }}
),

discounted as (
    select count(*) > 0 as any_elected
    from {{ accepted(ref('stg_policy_elections')) }}
    where topic = 'financing' and choice = 'discount'
),

lines as (
    select
        lines.line_id,
        promised.obligation_id,
        promised.contract_id,
        promised.entity_id,
        promised.customer_id,
        promised.product_id,
        promised.pattern,
        promised.minor_unit_exponent,
        contracts.currency,
        lines.billing_timing,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        coalesce(lines.billing_interval, lines.amount_interval, 'once') as billing_interval,
        lines.billing_start is not null or lines.billing_end is not null as states_billing_window,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as service_from_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'contracts.time_zone', 'lines') ~ ', contracts.effective_to)', 'contracts.time_zone') }} as date) as service_to_date,
        cast({{ local_from_utc(instant('billing_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as billing_from_date,
        cast({{ local_from_utc(instant('billing_end', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as billing_to_date,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = lines.line_id
    inner join contracts on contracts.contract_id = promised.contract_id
    {{ join_known_period('known', 'promised.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'promised.entity_id', 'lines.known_until_at') }}
    where
        lines.line_kind = 'fixed_fee'
        and lines.modified_by_event_id is null
        and lines.billing_timing in ('advance', 'arrears')
        and lines.fixed_amount > 0
),

windowed as (
    select
        lines.*,
        coalesce(billing_from_date, service_from_date) as bill_from_date,
        coalesce(billing_to_date, case when billing_timing = 'arrears' and billing_interval = 'once' then billing_from_date end, service_to_date) as bill_to_date,
        discounted.any_elected
    from lines
    cross join discounted
),

int_financing__lines as (
    select
        *,
        case when pattern in ('point_in_time', 'licence', 'milestone') then 'handover' else 'time' end as passes_by
    from windowed
    where
        service_to_date is not null
        and (
            any_elected
            or greatest(service_to_date, bill_to_date) > cast({{ add_months('cast(least(service_from_date, bill_from_date) as timestamp)', '12') }} as date)
            and (billing_interval = 'once' or states_billing_window or pattern in ('point_in_time', 'licence', 'milestone'))
        )
)

select * from int_financing__lines

-- One row per performance obligation with a ramp and period begun: what is earned of it ahead of the fees stated for the days passed.
--
-- A fee of a later step is due for days to come: what is earned of it before waits for them (ASC 606-10-45-3, IFRS 15.107).
with

fees as (
    select fees.*
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('fct_ramp_steps') }} as steps on steps.line_id = fees.line_id
    where
        steps.is_levelled
        and fees.segment_number = 0
        and fees.to_date > fees.from_date
        and fees.allocated_amount <> fees.stated_amount
        -- what the books add differs by components that are no fee
        and fees.book_scope in ('both', 'asc606')
),

passed as (
    select
        fees.obligation_id,
        periods.period_ordinal,
        sum(
            {{ share_by_date('fees.allocated_amount', 'fees.from_date', 'fees.to_date', 'least(periods.end_date, coalesce(fees.segment_to_date, periods.end_date))') }}
            - {{ share_by_date('fees.stated_amount', 'fees.from_date', 'fees.to_date', 'least(periods.end_date, coalesce(fees.segment_to_date, periods.end_date))') }}
        ) as ahead_amount
    from fees
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = fees.entity_id
        and periods.period_ordinal >= fees.known_from_ordinal
        and periods.period_ordinal < fees.known_to_ordinal
        and periods.end_date > fees.from_date
        and periods.has_begun
    group by fees.obligation_id, periods.period_ordinal
),

int_positions__ramps as (
    select
        passed.obligation_id,
        passed.period_ordinal,
        {{ round_to_minor_unit('passed.ahead_amount', 'obligations.minor_unit_exponent') }} as ahead_amount
    from passed
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = passed.obligation_id
    where passed.ahead_amount > 0
)

select * from int_positions__ramps

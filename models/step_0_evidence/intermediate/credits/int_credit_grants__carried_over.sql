-- One row per lot that comes with a plan and later interval into which its unused units are carried over, as the line says.
--
-- The terms say that units roll over, so no close takes the end of an interval for the end of the right to them (E29).
-- Units granted are the most that can: what is left of the lot decides. They are as old as the lot they come from.
with

included as (
    select * from {{ ref('int_credit_grants__included') }}
),

int_credit_grants__carried_over as (
    select
        lots.grant_id || ':' || cast(intervals.interval_number - lots.interval_number as varchar) as grant_id,
        lots.grant_id || case
            when intervals.interval_number > lots.interval_number + 1 then ':' || cast(intervals.interval_number - lots.interval_number - 1 as varchar)
            else ''
        end as parent_grant_id,
        lots.customer_id,
        lots.contract_id,
        lots.line_id,
        lots.units_granted,
        lots.unit_code,
        lots.consideration_currency,
        lots.effective_at as granted_at,
        intervals.effective_at,
        intervals.expires_at,
        lots.recorded_at,
        lots.known_until_at
    from included as lots
    inner join included as intervals
        on intervals.line_id = lots.line_id
        and intervals.line_version = lots.line_version
        and intervals.interval_number > lots.interval_number
        and intervals.interval_number <= lots.interval_number + lots.rollover_max_times
)

select * from int_credit_grants__carried_over

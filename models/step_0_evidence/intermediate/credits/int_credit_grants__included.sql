-- One row per version of a line that grants lots by itself and interval begun: the lot that comes with it then, where no grant says it.
--
-- Included credits and minimums need no grants: one per interval follows from the line, until a grant of the line is known. They start
-- and end with their interval, in the accounting zone. Credits cost nothing beyond the fee of the plan. Terms that an event of the
-- contract changed are granted with the intervals that begin since it holds.
with

begun as (
    select
        *,
        least(as_of_local, coalesce(end_local, as_of_local)) as last_local
    from {{ ref('int_credit_grants__granting_lines') }}
    where
        start_local <= as_of_local
        and coalesce(known_until_at > recorded_at, true)
),

numbered as (
    select
        begun.*,
        series_number as interval_number
    from begun
    cross join {{ number_series(
        '0',
        'case
            when interval_months is not null then ' ~ int_div(months_between('cast(start_local as date)', 'cast(last_local as date)'), 'interval_months') ~ '
            when interval_days is not null then ' ~ int_div(days_between('cast(start_local as date)', 'cast(last_local as date)'), 'interval_days') ~ '
            else 0
        end',
    ) }}
),

placed as (
    select
        *,
        case
            when interval_months is not null then {{ add_months('start_local', 'interval_number * interval_months') }}
            when interval_days is not null then {{ add_days('start_local', 'interval_number * interval_days') }}
            else start_local
        end as from_local,
        least(end_local, case
            when interval_months is not null then {{ add_months('start_local', '(interval_number + 1) * interval_months') }}
            when interval_days is not null then {{ add_days('start_local', '(interval_number + 1) * interval_days') }}
        end) as to_local
    from numbered
),

-- What was granted under the terms before stands until the change is known.
governed as (
    select
        * replace (
            least(known_until_at, min(case when holds_from_local is not null then recorded_at end) over (
                partition by line_id, from_local order by holds_from_local asc nulls first rows between 1 following and unbounded following
            )) as known_until_at
        )
    from placed
    where
        coalesce(from_local >= holds_from_local, true)
        -- the new total of a minimum of money is that of the interval that runs
        or line_kind = 'minimum_commitment'
        and unit_code = currency
        and coalesce(interval_months, interval_days) is null
        and coalesce(holds_from_local < to_local, true)
),

int_credit_grants__included as (
    select
        line_id || ':' || cast(cast(from_local as date) as varchar) || case when line_version > 1 then ':' || cast(line_version as varchar) else '' end as grant_id,
        customer_id,
        contract_id,
        line_id,
        line_version,
        interval_number,
        rollover_max_times,
        case line_kind when 'included_credits' then 'entitlement' else 'commitment' end as grant_kind,
        units_granted,
        unit_code,
        consideration_amount,
        currency as consideration_currency,
        {{ utc_from_local('from_local', 'time_zone') }} as effective_at,
        {{ utc_from_local('to_local', 'time_zone') }} as expires_at,
        recorded_at,
        known_until_at
    from governed
    where
        from_local <= as_of_local
        and coalesce(from_local < end_local, true)
        and coalesce(known_until_at > recorded_at, true)
)

select * from int_credit_grants__included

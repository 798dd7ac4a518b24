-- One row per version of a line of included credits and interval begun: the lot that comes with the plan then, where no grant says it.
--
-- Included credits need no grants: one per interval follows from the line, until a grant of the line is known. They start
-- and end with their interval, in the accounting zone, and cost nothing beyond the fee of the plan. Terms that an event of the
-- contract changed are granted with the intervals that begin since it holds.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

-- A grant says it for its line: the one it names, that of the plan it names, or of its contract.
granted as (
    select
        lines.line_id,
        min(grants.recorded_at) as recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ accepted(ref('stg_credit_grants')) }} as grants
        on grants.line_id = lines.line_id
        or grants.grant_kind = 'entitlement' and grants.line_id = lines.parent_line_id
        or grants.grant_kind = 'entitlement' and grants.line_id is null and grants.contract_id = lines.contract_id
    where lines.line_kind = 'included_credits'
    group by lines.line_id
),

product_units as (
    select
        product_id,
        unit_code
    from {{ accepted(ref('stg_products')) }}
    where unit_code is not null
    qualify row_number() over (partition by product_id order by recorded_at) = 1
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        places.customer_id,
        places.currency,
        places.time_zone,
        lines.quantity,
        product_units.unit_code,
        case when lines.rollover_fraction > 0 then coalesce(lines.rollover_max_times, 999999) else 0 end as rollover_max_times,
        greatest(lines.recorded_at, changes.recorded_at) as recorded_at,
        least(lines.known_until_at, granted.recorded_at) as known_until_at,
        {{ local_from_utc('changes.segment_from_at', 'places.time_zone') }} as holds_from_local,
        {{ local_from_utc(instant('service_start', 'places.time_zone', 'lines'), 'places.time_zone') }} as start_local,
        {{ local_from_utc(instant('service_end', 'places.time_zone', 'lines'), 'places.time_zone') }} as end_local,
        {{ local_from_utc('run.as_of', 'places.time_zone') }} as as_of_local,
        case lines.amount_interval
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end as interval_months,
        case lines.amount_interval
            when 'day' then 1
            when 'week' then 7
        end as interval_days,
        row_number() over (partition by lines.line_id order by lines.recorded_at, lines.input_row) as line_version
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    inner join product_units on product_units.product_id = lines.product_id
    left join granted on granted.line_id = lines.line_id
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
        and changes.segment_from_at is not null
    cross join run
    where
        lines.line_kind = 'included_credits'
        and (lines.modified_by_event_id is null or changes.contract_event_id is not null)
        and lines.quantity > 0
),

begun as (
    select
        *,
        least(as_of_local, coalesce(end_local, as_of_local)) as last_local
    from lines
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
    where coalesce(from_local >= holds_from_local, true)
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
        quantity as units_granted,
        unit_code,
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

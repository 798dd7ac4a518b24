-- One row per usage line, scope in which its price counts and window of that scope that has begun.
--
-- Tiers and free units count within the price's tier scope; a minimum, a maximum and a flat amount
-- within the billing period, beyond which tiers are not part of what can be invoiced for it (D4).
-- A price that rates each event alone counts nothing: its scope is all of the line, and cuts nothing. Nor does one whose events carry what they cost: its
-- scope is the stretch of terms that say so.
with

lines as (
    select
        terms.line_id,
        terms.price_id,
        coalesce(terms.billing_interval, 'month') as billing_interval,
        -- of a level, and of what another meter counts a part of, an event has no quantity of its own
        meters.aggregation in ('sum', 'count')
        and used.line_id not in (select container_line_id from {{ ref('int_usage_line_containers') }}) as has_event_quantities,
        {{ instant('billing_start', 'entities.time_zone', 'terms') }} as billing_start_at
    from {{ accepted(ref('stg_contract_lines')) }} as terms
    inner join {{ ref('int_usage_lines') }} as used on used.line_id = terms.line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = used.entity_id
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = used.meter_id
),

special_prices as (
    select
        prices.price_id,
        coalesce(prices.tier_scope, 'billing_period') as scope
    from {{ accepted(ref('stg_prices')) }} as prices
    where not {{ is_plain_rate('prices') }} and prices.model <> 'as_rated'
),

counted as (
    select
        lines.line_id,
        prices.scope
    from lines
    inner join special_prices as prices on prices.price_id = lines.price_id
    where prices.scope <> 'event' or lines.has_event_quantities

    union

    select
        lines.line_id,
        'billing_period' as scope
    from lines
    inner join special_prices as prices on prices.price_id = lines.price_id
    where prices.scope <> 'event'
),

billed as (
    select
        line_id,
        min(billing_interval) as billing_interval,
        min(billing_start_at) as billing_start_at
    from lines
    group by line_id
),

dated as (
    select
        counted.line_id,
        counted.scope,
        used.from_at,
        used.to_at,
        entities.time_zone,
        case counted.scope when 'billing_period' then billed.billing_interval else counted.scope end as scope_interval,
        -- months and quarters are those of the calendar, years count from the start of service
        case
            when counted.scope = 'billing_period' then {{ local_from_utc('coalesce(billed.billing_start_at, used.from_at)', 'entities.time_zone') }}
            when counted.scope in ('month', 'quarter')
                then cast(date_trunc(counted.scope, {{ local_from_utc('used.from_at', 'entities.time_zone') }}) as timestamp)
            else {{ local_from_utc('used.from_at', 'entities.time_zone') }}
        end as first_local,
        {{ local_from_utc('least(used.to_at, run.as_of)', 'entities.time_zone') }} as last_local
    from counted
    inner join billed on billed.line_id = counted.line_id
    inner join {{ ref('int_usage_lines') }} as used on used.line_id = counted.line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = used.entity_id
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
),

repeated as (
    select
        *,
        {{ unit_of_time('scope_interval', 'months') }} as interval_months,
        {{ unit_of_time('scope_interval', 'days') }} as interval_days
    from dated
    where scope_interval in ('day', 'week', 'month', 'quarter', 'year')
),

windows as (
    select
        line_id,
        scope,
        interval_months,
        from_at,
        series_number as window_number,
        time_zone,
        case
            when interval_months is not null then {{ add_months('first_local', 'series_number * interval_months') }}
            else {{ add_days('first_local', 'series_number * interval_days') }}
        end as window_from_local,
        case
            when interval_months is not null then {{ add_months('first_local', '(series_number + 1) * interval_months') }}
            else {{ add_days('first_local', '(series_number + 1) * interval_days') }}
        end as window_to_local
    from repeated,
        {{ number_series('0', 'cast(greatest(0, case when repeated.interval_months is not null then ' ~ int_div(months_between('repeated.first_local', 'repeated.last_local'), 'repeated.interval_months') ~ ' else ' ~ int_div(days_between('repeated.first_local', 'repeated.last_local'), 'repeated.interval_days') ~ ' end) as integer)') }}
),

int_usage_line_scopes as (
    select
        line_id,
        scope,
        coalesce(interval_months, 0) as scope_months,
        -- what is used before the first billing period is billed with it
        case
            when window_number = 0 then least(from_at, {{ utc_from_local('window_from_local', 'time_zone') }})
            else {{ utc_from_local('window_from_local', 'time_zone') }}
        end as from_at,
        {{ utc_from_local('window_to_local', 'time_zone') }} as to_at
    from windows

    union all

    select
        line_id,
        scope,
        case scope when 'event' then 0 else 999 end as scope_months,
        from_at,
        to_at
    from dated
    where scope_interval in ('once', 'contract_to_date', 'event')

    union all

    select
        line_id,
        'carried' as scope,
        0 as scope_months,
        from_at,
        to_at
    from {{ ref('int_usage_lines__carried') }}
)

select * from int_usage_line_scopes

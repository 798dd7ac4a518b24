-- One row per run of tiers that count across bills, revision and window of the tiers: what is used of it, and the forecast that counts.
--
-- Where people forecast, that counts; else what history says (D6). The latest of several.
with

beliefs as (
    select *
    from {{ ref('int_rating_beliefs') }}
    where is_blended
),

windows as (
    select
        run_number,
        line_id,
        entity_id,
        revision,
        scope_from_at,
        scope_to_at,
        cast(sum(quantity) as decimal(38, 9)) as total_quantity,
        cast(sum(amount) as decimal(38, 18)) as total_amount,
        -- the price of what is still to come
        max_by(price_version_number, case when price_version_number is not null then segment_from_at end) as last_version_number,
        max_by(discount_rate, case when price_version_number is not null then segment_from_at end) as last_discount_rate
    from beliefs
    group by run_number, line_id, entity_id, revision, scope_from_at, scope_to_at
),

forecasted as (
    select
        windows.*,
        periods.end_at >= windows.scope_to_at and windows.scope_to_at <= run.as_of as is_over,
        forecasts.estimate_id,
        forecasts.recorded_at,
        forecasts.used_source,
        forecasts.method,
        forecasts.as_of_date,
        forecasts.data_from,
        forecasts.data_to,
        forecasts.is_limited,
        forecasts.from_ordinal
    from windows
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = windows.entity_id
        and periods.period_ordinal = {{ int_div('windows.revision', '10') }}
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    left join {{ ref('int_rating_forecasts') }} as forecasts
        on forecasts.line_id = windows.line_id
        and forecasts.from_revision <= windows.revision
        and forecasts.to_revision > windows.revision
        and coalesce(forecasts.to_at, windows.scope_to_at) <= windows.scope_to_at
        and coalesce(forecasts.to_at, windows.scope_to_at) > windows.scope_from_at
        and coalesce(forecasts.from_at, forecasts.as_of_date) < windows.scope_to_at
    qualify row_number() over (
        partition by windows.run_number, windows.revision, windows.scope_from_at
        order by forecasts.used_source desc nulls last, forecasts.as_of_date desc, forecasts.recorded_at desc
    ) = 1
),

before as (
    select
        forecasted.run_number,
        forecasted.revision,
        forecasted.scope_from_at,
        sum(beliefs.quantity) as quantity
    from forecasted
    inner join beliefs
        on beliefs.run_number = forecasted.run_number
        and beliefs.revision = forecasted.revision
        and beliefs.scope_from_at = forecasted.scope_from_at
        and beliefs.service_ordinal < forecasted.from_ordinal
    group by forecasted.run_number, forecasted.revision, forecasted.scope_from_at
),

int_blended_windows as (
    select
        cast(forecasted.run_number as varchar) || '|' || cast(forecasted.revision as varchar) || '|' || cast(forecasted.scope_from_at as varchar) as window_id,
        forecasted.*,
        cast(coalesce(before.quantity, 0) as decimal(38, 9)) as quantity_before
    from forecasted
    left join before
        on before.run_number = forecasted.run_number
        and before.revision = forecasted.revision
        and before.scope_from_at = forecasted.scope_from_at
)

select * from int_blended_windows

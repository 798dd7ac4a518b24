{{ config(materialized='view') }} {#- read once, by the beliefs of these revisions -#}
-- One row per run of a price's tiers and revision at which what it counts, or expects to count, may change.
with

entries as (
    select * from {{ ref('int_rating_entries') }}
),

blended as (
    select distinct
        run_number,
        line_id,
        entity_id,
        scope_from_at,
        scope_to_at
    from entries
    where is_blended
),

-- A forecast of use after a window says nothing of it (the terms are those of int_blended_windows).
forecasted as (
    select
        blended.run_number,
        forecasts.from_revision,
        forecasts.to_revision
    from blended
    inner join {{ ref('int_rating_forecasts') }} as forecasts
        on forecasts.line_id = blended.line_id
        and coalesce(forecasts.to_at, blended.scope_to_at) <= blended.scope_to_at
        and coalesce(forecasts.to_at, blended.scope_to_at) > blended.scope_from_at
        and coalesce(forecasts.from_at, forecasts.as_of_date) < blended.scope_to_at
),

-- When the window of the tiers is over, all of it is known.
ends as (
    select
        blended.run_number,
        periods.period_ordinal * 10 + {{ family('normal') }} as revision
    from blended
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = blended.entity_id
        and periods.start_at < blended.scope_to_at
        and periods.end_at >= blended.scope_to_at
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    where blended.scope_to_at <= run.as_of
),

int_rating_revisions as (
    select
        run_number,
        from_revision as revision
    from entries

    union

    select
        run_number,
        to_revision as revision
    from entries
    where to_revision < 99999999

    union

    select
        run_number,
        revision
    from ends

    union

    select
        run_number,
        from_revision as revision
    from forecasted

    union

    select
        run_number,
        to_revision as revision
    from forecasted
    where to_revision < 99999999
)

select * from int_rating_revisions

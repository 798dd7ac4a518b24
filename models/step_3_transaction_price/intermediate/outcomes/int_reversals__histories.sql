-- One row per group of outcomes alike in line, customer, agent, day, window and age at reversal, and closes that believed so: how outcomes fared within their windows (D17).
--
-- Ages are days of the calendar, the day of the outcome counted as 0. An open-ended window has no age at which it is over.
with

outcomes as (
    select
        entity_id,
        product_id,
        line_id,
        customer_id,
        agent_ref,
        {{ days_between("date '1970-01-01'", 'cast(resolved_at as date)') }} as resolved_day,
        {{ days_between('cast(resolved_at as date)', 'cast(window_ends_at as date)') }} + 1 as window_days,
        case when is_reversed then {{ days_between('cast(resolved_at as date)', 'cast(ended_at as date)') }} else -1 end as age_days,
        quantity,
        known_from_ordinal,
        known_to_ordinal
    from {{ ref('fct_outcome_beliefs') }}
    where
        line_id is not null
        and window_ends_at is not null
),

int_reversals__histories as (
    select
        entity_id,
        product_id,
        line_id,
        customer_id,
        agent_ref,
        resolved_day,
        window_days,
        -- what was reversed after a dispute held the window open fell within it
        least(age_days, window_days - 1) as age_days,
        cast(sum(quantity) as decimal(38, 9)) as quantity,
        known_from_ordinal,
        known_to_ordinal
    from outcomes
    group by all
)

select * from int_reversals__histories

{{ config(materialized='view') }} {#- read once, beside what people state of reversals -#}
-- One row per outcome line, close and scenario, in the form of an estimate: what share of its open outcomes history says is reversed (D6, D17).
--
-- What the outcomes of a product give back is one sum: its scenarios scale every line of it alike. A line that has held none open
-- yet is expected to give back what a new outcome of its product does.
with

fitted as (
    select * from {{ ref('int_reversals__fitted') }}
),

held as (
    select
        entity_id,
        product_id,
        close_ordinal,
        line_id,
        'history of ' || line_id as estimate_id,
        from_day,
        to_day,
        expected_rate
    from fitted
    where line_id is not null
),

not_held as (
    select
        fitted.entity_id,
        fitted.product_id,
        fitted.close_ordinal,
        lines.line_id,
        -- another estimate: that of its own changes none
        'history of ' || fitted.product_id || ' for ' || lines.line_id as estimate_id,
        fitted.from_day,
        fitted.to_day,
        fitted.ahead as expected_rate
    from fitted
    inner join {{ ref('int_outcome_lines') }} as lines
        on lines.entity_id = fitted.entity_id
        and lines.product_id = fitted.product_id
        and lines.known_ordinal <= fitted.close_ordinal
    left join (
        select
            line_id,
            min(close_ordinal) as close_ordinal
        from held
        group by line_id
    ) as first_held on first_held.line_id = lines.line_id
    where
        fitted.age = 0
        and coalesce(first_held.close_ordinal > fitted.close_ordinal, true)
),

united as (
    select * from held
    union all
    select * from not_held
),

lines as (
    select
        united.*,
        asked.seen_to_at - interval 1 microsecond as recorded_at
    from united
    inner join {{ ref('int_reversals__asked') }} as asked
        on asked.entity_id = united.entity_id
        and asked.product_id = united.product_id
        and asked.close_ordinal = united.close_ordinal
),

versions as (
    select
        *,
        lead(recorded_at) over (partition by line_id order by recorded_at) as known_until_at
    from lines
),

int_reversals__expected as (
    select
        'reversal_rate' as kind,
        versions.estimate_id,
        scenarios.scenario_no,
        versions.recorded_at,
        versions.known_until_at,
        'history' as scope_type,
        versions.line_id as scope_id,
        'rate' as value_unit,
        'expected_value' as method,
        -- the day of the close where it was made: west of Greenwich it is another day in UTC
        cast({{ local_from_utc('versions.recorded_at', 'entities.time_zone') }} as date) as as_of_date,
        cast({{ add_days("date '1970-01-01'", 'versions.from_day') }} as date) as data_from,
        cast({{ add_days("date '1970-01-01'", 'versions.to_day') }} as date) as data_to,
        cast(scenarios.probability as decimal(19, 9)) as probability,
        cast(least(1, cast(versions.expected_rate as decimal(19, 9)) * cast(scenarios.multiple as decimal(19, 9))) as decimal(38, 9)) as value
    from versions
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = versions.entity_id
    inner join fitted as scenarios
        on scenarios.entity_id = versions.entity_id
        and scenarios.product_id = versions.product_id
        and scenarios.close_ordinal = versions.close_ordinal
        and scenarios.scenario_no is not null
)

select * from int_reversals__expected

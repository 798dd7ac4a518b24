-- One row per version of an estimate that people recorded of what is never used, and scenario (D6, D11).
--
-- Of credits that share the price of their plan the use is expected: what that leaves of a lot is never used, so
-- their use counts against the units of the lot (ASC 606-10-55-48, IFRS 15.B46).
with

scenarios as (
    select
        estimate_id,
        recorded_at,
        known_until_at,
        scope_type,
        scope_id,
        false as is_of_use,
        value_unit,
        cast(null as date) as applies_from_date,
        cast(null as date) as applies_to_date,
        as_of_date,
        method,
        probability,
        value,
        constrained_value
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind = 'breakage'
        and book = '*'

    union all

    select
        estimate_id,
        recorded_at,
        known_until_at,
        'line' as scope_type,
        line_id as scope_id,
        true as is_of_use,
        'units' as value_unit,
        applies_from_date,
        applies_to_date,
        as_of_date,
        method,
        probability,
        -expected_units as value,
        -constrained_units as constrained_value
    from {{ ref('fct_entitlement_forecasts') }}
),

int_breakage__scenarios as (
    select
        *,
        sum(coalesce(probability, 1)) over (partition by estimate_id, recorded_at order by value desc) as confidence
    from scenarios
)

select * from int_breakage__scenarios

-- One row per usage line of a spread contract and close that knew it: how much use was expected in all, and what it costs.
--
-- A forecast with a window is for what comes in it, after the use before it; one without a window is for the
-- whole line, or, below what was used by then, for what remains.
with

in_force as (
    select * from {{ ref('int_pools__estimates') }}
),

-- Use before the window of the forecast, or before it was made, as that close knew it.
used as (
    select
        in_force.line_id,
        in_force.as_of_ordinal,
        coalesce(sum(case when usage.service_ordinal < windows.period_ordinal then usage.quantity end), 0) as before_window,
        coalesce(sum(case when usage.service_ordinal <= made.period_ordinal then usage.quantity end), 0) as before_made
    from in_force
    {{ join_period_of('windows', 'in_force.entity_id', 'in_force.applies_from') }}
    {{ join_period_of_date('made', 'in_force.entity_id', 'in_force.as_of_date') }}
    left join {{ ref('fct_units_by_period') }} as usage
        on usage.line_id = in_force.line_id
        and usage.known_ordinal <= in_force.as_of_ordinal
    group by in_force.line_id, in_force.as_of_ordinal
),

lines as (
    select distinct
        line_id,
        entity_id,
        price_id,
        currency,
        time_zone,
        starts_at
    from in_force
),

-- The price of a unit when the line was agreed: one rate for all use, in the currency of the contract.
first_prices as (
    select
        lines.line_id,
        prices.rate_amount,
        coalesce(prices.rate_per_quantity, 1) as rate_per_quantity
    from lines
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = lines.price_id
        and prices.unit_code = lines.currency
        and prices.model = 'unit'
        and coalesce({{ instant('valid_from', 'lines.time_zone', 'prices') }}, timestamp '0001-01-01') <= lines.starts_at
        and coalesce({{ instant('valid_to', 'lines.time_zone', 'prices') }}, timestamp '9999-12-31') > lines.starts_at
    {{ join_known_period('first_known', 'lines.entity_id', 'prices.recorded_at') }}
    -- the tiers of a price are one statement
    qualify dense_rank() over (partition by lines.line_id order by first_known.period_ordinal asc nulls last, prices.recorded_at desc) = 1
),

rates as (
    select
        line_id,
        min(rate_amount) as rate_amount,
        min(rate_per_quantity) as rate_per_quantity
    from first_prices
    group by line_id
    having count(*) = 1
),

int_pools__forecasts as (
    select
        in_force.contract_id,
        in_force.obligation_id,
        in_force.line_id,
        in_force.entity_id,
        in_force.ends_at,
        cast(in_force.as_of_ordinal as integer) as known_from_ordinal,
        cast(lead(in_force.as_of_ordinal, 1, 999999) over (
            partition by in_force.line_id order by in_force.as_of_ordinal
        ) as integer) as known_to_ordinal,
        in_force.estimate_id,
        cast(case
            when in_force.applies_from > in_force.starts_at then used.before_window + in_force.value
            when in_force.applies_from is null and in_force.value < used.before_made then used.before_made + in_force.value
            else in_force.value
        end as decimal(38, 9)) as expected_quantity,
        in_force.discount_rate,
        rates.rate_amount,
        rates.rate_per_quantity
    from in_force
    inner join used
        on used.line_id = in_force.line_id
        and used.as_of_ordinal = in_force.as_of_ordinal
    inner join rates on rates.line_id = in_force.line_id
    where in_force.value > 0
)

select * from int_pools__forecasts

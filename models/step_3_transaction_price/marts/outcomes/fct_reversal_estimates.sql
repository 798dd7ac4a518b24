-- One row per entity, outcome product and close with enough history: the share of open outcomes that is reversed, by their age, and a flat rate beside it (D17).
with

fct_reversal_estimates as (
    select
        fitted.entity_id,
        fitted.product_id,
        periods.period_id as as_of_period_id,
        fitted.close_ordinal as as_of_ordinal,
        cast({{ add_days("date '1970-01-01'", 'fitted.from_day') }} as date) as data_from,
        cast({{ add_days("date '1970-01-01'", 'fitted.to_day') }} as date) as data_to,
        cast(fitted.settled_count as decimal(38, 9)) as settled_count,
        cast(fitted.settled_rate as decimal(10, 9)) as settled_rate,
        cast(fitted.open_count as decimal(38, 9)) as open_count,
        cast(fitted.expected_rate as decimal(10, 9)) as expected_rate,
        cast(fitted.deviation as decimal(38, 9)) as rate_deviation,
        cast(fitted.customer_variance as decimal(38, 9)) as customer_variance,
        cast(fitted.agent_variance as decimal(38, 9)) as agent_variance,
        cast(fitted.month_variance as decimal(38, 9)) as month_variance
    from {{ ref('int_reversals__fitted') }} as fitted
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = fitted.entity_id
        and periods.period_ordinal = fitted.close_ordinal
    where fitted.settled_count is not null
)

select * from fct_reversal_estimates

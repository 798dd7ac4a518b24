-- One row per entity, outcome product, close and age of outcomes: how many lived to it, how many were reversed at it, and what share still is (D17).
with

fct_reversal_curves as (
    select
        fitted.entity_id,
        fitted.product_id,
        periods.period_id as as_of_period_id,
        fitted.age as age_days,
        cast(fitted.exposed_count as decimal(38, 9)) as exposed_count,
        cast(fitted.reversed_count as decimal(38, 9)) as reversed_count,
        cast(fitted.hazard as decimal(10, 9)) as reversal_hazard,
        cast(fitted.ahead as decimal(10, 9)) as remaining_rate
    from {{ ref('int_reversals__fitted') }} as fitted
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = fitted.entity_id
        and periods.period_ordinal = fitted.close_ordinal
    where fitted.age is not null
)

select * from fct_reversal_curves

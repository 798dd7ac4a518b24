-- One row per exception with what it is worth in its entity's currencies, where a rate is known.
with

-- An input belongs to no entity yet: it is valued in the reporting currency, where the company has one.
company as (
    select case when count(distinct reporting_currency) = 1 then min(reporting_currency) end as reporting_currency
    from {{ ref('dim_entities') }}
),

targets as (
    select
        found.exception_id,
        found.currency,
        found.amount,
        entities.functional_currency,
        case when found.entity_id is null then company.reporting_currency else entities.reporting_currency end as reporting_currency
    from {{ ref('int_exceptions__found') }} as found
    cross join company
    left join {{ ref('dim_entities') }} as entities on entities.entity_id = found.entity_id
    where
        found.currency is not null
        and abs(found.amount) < 1000000000000000
),

int_exceptions__valued as (
    select
        targets.exception_id,
        targets.functional_currency,
        cast(
            cast(targets.amount as decimal(20, 2))
            * case when targets.functional_currency = targets.currency then 1 else functional.rate end
            as decimal(38, 9)
        ) as functional_amount,
        targets.reporting_currency,
        cast(
            cast(targets.amount as decimal(20, 2))
            * case when targets.reporting_currency = targets.currency then 1 else reporting.rate end
            as decimal(38, 9)
        ) as reporting_amount
    from targets
    left join {{ ref('int_fx__last_rates') }} as functional
        on functional.from_currency = targets.currency
        and functional.to_currency = targets.functional_currency
    left join {{ ref('int_fx__last_rates') }} as reporting
        on reporting.from_currency = targets.currency
        and reporting.to_currency = targets.reporting_currency
)

select * from int_exceptions__valued

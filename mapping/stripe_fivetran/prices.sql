-- One row per metered price. What is licensed is priced by its invoice lines (contract_lines.sql).
--
-- Stripe states up to twelve decimals of a minor unit for one unit; the same number of minor units for
-- one unit is that number of major units for a hundred, so nothing is divided and nothing is lost.
-- Tiers are not among the tables Fivetran's package stages: a tiered price has no rate here, is
-- rejected and shown; write its tiers to prices yourself.
select
    price.id as price_id,
    case when coalesce(price.billing_scheme, 'per_unit') = 'per_unit' then 'unit' else 'graduated' end as model,
    upper(price.currency) as unit_code,
    case
        when coalesce(price.billing_scheme, 'per_unit') = 'per_unit'
            then cast(
                cast(coalesce(price.unit_amount_decimal, cast(price.unit_amount as varchar)) as decimal(26, 12)) * 1000000
                as decimal(38, 9)
            )
    end as rate_amount,
    cast(units.units_per_major * 1000000 as decimal(38, 9)) as rate_per_quantity,
    'stripe' as source_system,
    price.created as recorded_at,
    coalesce(not price.livemode, false) as is_test
from source.price
inner join prepared.currency_units as units on units.currency = upper(price.currency)
where price.recurring_usage_type = 'metered'

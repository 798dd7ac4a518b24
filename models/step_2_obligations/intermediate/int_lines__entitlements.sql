-- One row per line of included credits: what its first close knew of them, their plan and their use (inputs of D8 ENTITLEMENT).
with

lines as (
    select
        included.line_id,
        included.contract_id,
        included.entity_id,
        included.customer_id,
        included.product_id,
        included.currency,
        included.parent_line_id,
        included.quantity,
        included.known_ordinal,
        included.time_zone,
        included.service_start_at,
        included.amount_interval,
        -- what is stated once is for the whole term
        coalesce({{ unit_of_time('included.amount_interval', 'months') }}, case included.amount_interval when 'once' then terms.months end) as interval_months,
        coalesce({{ unit_of_time('plans.amount_interval', 'months') }}, case plans.amount_interval when 'once' then terms.months end) as fee_months,
        plans.fixed_amount as fee
    from {{ ref('int_lines__first_terms') }} as included
    left join {{ ref('int_lines__first_terms') }} as plans on plans.line_id = included.parent_line_id
    left join (
        select
            line_id,
            greatest(coalesce({{ months_between('cast(service_start_at as date)', 'cast(service_end_at as date)') }}, 1), 1) as months
        from {{ ref('int_lines__first_terms') }}
    ) as terms on terms.line_id = included.line_id
    where included.line_kind = 'included_credits'
),

selling_prices as (
    {{ price_of_a_credit('lines', 'line_id', 'service_start_at') }}
),

-- What use beyond them costs, where the contract says: as first known, as all that is decided of a promise.
overage_prices as (
    select
        lines.line_id,
        prices.rate_amount,
        coalesce(prices.rate_per_quantity, 1) as rate_per_quantity
    from lines
    inner join {{ ref('int_lines__first_terms') }} as overage
        on overage.contract_id = lines.contract_id
        and overage.line_kind = 'overage'
        and overage.parent_line_id in (lines.line_id, lines.parent_line_id)
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = overage.price_id
        and prices.model = 'unit'
        and prices.unit_code = lines.currency
    qualify row_number() over (
        partition by lines.line_id order by overage.line_id, prices.recorded_at, prices.valid_from nulls first, prices.input_row
    ) = 1
),

rolling as (
    select
        line_id,
        max(coalesce(rollover_fraction, 0)) > 0 or max(coalesce(rollover_max_units, 0)) > 0 or max(coalesce(rollover_max_times, 0)) > 0 as rolls_over
    from {{ accepted(ref('stg_contract_lines')) }}
    where line_kind = 'included_credits' and modified_by_event_id is null
    group by line_id
),

int_lines__entitlements as (
    select
        lines.line_id,
        lines.contract_id,
        lines.entity_id,
        lines.customer_id,
        lines.known_ordinal,
        lines.quantity,
        lines.fee,
        -- empty for an interval of days: it is compared with nothing
        lines.interval_months,
        lines.fee_months,
        selling_prices.ssp_id,
        selling_prices.rate_amount as ssp_amount,
        coalesce(selling_prices.rate_per_quantity, 1) as ssp_per_quantity,
        forecasts.estimate_id,
        forecasts.units as expected_units,
        coalesce(rolling.rolls_over, false) as rolls_over,
        overage_prices.rate_amount as overage_amount,
        overage_prices.rate_per_quantity as overage_per_quantity
    from lines
    left join selling_prices on selling_prices.line_id = lines.line_id
    left join {{ ref('int_lines__entitlement_forecasts') }} as forecasts on forecasts.line_id = lines.line_id
    left join overage_prices on overage_prices.line_id = lines.line_id
    left join rolling on rolling.line_id = lines.line_id
)

select * from int_lines__entitlements

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

-- What such a credit costs by itself: the book's price for all, as known then.
selling_prices as (
    select
        lines.line_id,
        book.rate_amount,
        book.rate_per_quantity,
        book.ssp_id
    from lines
    inner join {{ accepted(ref('stg_standalone_selling_prices')) }} as book
        on book.product_id = lines.product_id
        and book.currency = lines.currency
        and (
            book.scope_type = 'global'
            or book.scope_type = 'entity' and book.scope_id = lines.entity_id
            or book.scope_type = 'customer' and book.scope_id = lines.customer_id
        )
        and coalesce({{ instant('valid_from', 'lines.time_zone', 'book') }}, timestamp '0001-01-01') <= lines.service_start_at
        and coalesce({{ instant('valid_to', 'lines.time_zone', 'book') }}, timestamp '9999-12-31') > lines.service_start_at
        and coalesce(book.quantity_from, 0) <= lines.quantity
    {{ join_known_period('known', 'lines.entity_id', 'book.recorded_at') }}
    {{ join_known_period('replaced', 'lines.entity_id', 'book.known_until_at') }}
    where
        known.period_ordinal <= lines.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > lines.known_ordinal
    qualify row_number() over (
        partition by lines.line_id
        order by
            case book.scope_type when 'customer' then 1 when 'entity' then 2 else 3 end,
            book.quantity_from desc nulls last, book.valid_from desc nulls last, book.recorded_at desc, book.ssp_id asc
    ) = 1
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

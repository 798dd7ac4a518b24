-- One row per minimum commitment with a price of overage: whether use beyond the minimum costs what use up to it does, and whether all use is forecast (section 3.5).
--
-- At the same price, or both within the range of the standalone selling price, overage relates to the units that it is for, and its price is
-- theirs (ASC 606-10-32-40, IFRS 15.85). Only prices of one rate are compared.
{%- set worth = billionths('uses.rate_amount') ~ ' * ' ~ billionths('overage.rate_per_quantity') %}
with

lines as (
    select
        lines.line_id,
        lines.contract_id,
        lines.parent_line_id,
        lines.line_kind,
        lines.product_id,
        prices.rate_amount,
        coalesce(prices.rate_per_quantity, 1) as rate_per_quantity
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = lines.price_id
        and {{ is_plain_rate('prices') }}
        and prices.model <> 'as_rated'
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    {{ join_known_period('line_known', 'places.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('price_known', 'places.entity_id', 'prices.recorded_at') }}
    where lines.line_kind in ('usage', 'overage')
    -- each as the first close knew it
    qualify row_number() over (
        partition by lines.line_id
        order by
            line_known.period_ordinal asc, lines.recorded_at desc, lines.input_row asc,
            price_known.period_ordinal asc, prices.recorded_at desc, prices.valid_from asc nulls first, prices.input_row asc
    ) = 1
),

minimums as (
    select
        lines.line_id,
        lines.contract_id,
        places.entity_id,
        first_known.period_ordinal as known_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'places.entity_id', 'lines.recorded_at') }}
    where lines.line_kind = 'minimum_commitment'
    {{ as_first_known('lines.line_id', 'lines') }}
),

forecasts as (
    select
        minimums.line_id,
        uses.line_id as use_line_id
    from minimums
    inner join lines as uses on uses.contract_id = minimums.contract_id
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.book = '*'
        and estimates.scope_type = 'line'
        and estimates.scope_id in (minimums.line_id, uses.line_id)
    {{ join_known_period('known', 'minimums.entity_id', 'estimates.recorded_at') }}
    where known.period_ordinal <= minimums.known_ordinal
),

int_commitments__overage as (
    select
        minimums.line_id,
        bool_and(
            abs({{ billionths('overage.rate_amount') }} * {{ billionths('uses.rate_per_quantity') }} - {{ worth }})
            -- the tolerated share of it, in two parts: the whole times billionths has too many digits
            <= {{ int_div(worth, '1000000000') }} * {{ billionths('tolerances.threshold') }}
            + {{ int_div("(" ~ worth ~ ") % 1000000000 * " ~ billionths('tolerances.threshold'), '1000000000') }}
            or coalesce(
                book.range_low * uses.rate_per_quantity <= uses.rate_amount * book.rate_per_quantity
                and book.range_high * uses.rate_per_quantity >= uses.rate_amount * book.rate_per_quantity
                and book.range_low * overage.rate_per_quantity <= overage.rate_amount * book.rate_per_quantity
                and book.range_high * overage.rate_per_quantity >= overage.rate_amount * book.rate_per_quantity,
                false
            )
        ) as is_priced_as_minimum,
        bool_or(forecasts.line_id is not null) as is_forecast
    from minimums
    inner join lines as overage
        on overage.parent_line_id = minimums.line_id
        and overage.line_kind = 'overage'
    inner join lines as uses
        on uses.contract_id = minimums.contract_id
        and uses.line_kind = 'usage'
        and coalesce(uses.parent_line_id, minimums.line_id) = minimums.line_id
    inner join ({{ threshold_of('separate_price_tolerance') }}) as tolerances
        on tolerances.entity_id = minimums.entity_id
        and tolerances.from_ordinal <= minimums.known_ordinal
        and tolerances.to_ordinal > minimums.known_ordinal
    left join {{ accepted(ref('stg_standalone_selling_prices')) }} as book
        on book.product_id = uses.product_id
        and book.scope_type = 'global'
        and book.known_until_at is null
    left join forecasts
        on forecasts.line_id = minimums.line_id
        and forecasts.use_line_id = uses.line_id
    group by minimums.line_id
)

select * from int_commitments__overage

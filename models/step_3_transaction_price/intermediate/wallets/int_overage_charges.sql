-- One row per usage line segment with a price of overage, service period and revision: what that knowledge changed in what use costs that no lot pays for.
--
-- The share of the charge that no lot pays for is the share of the use: that costs the price of overage.
with

priced as (
    select distinct line_segment_number
    from {{ ref('int_overage_prices') }}
),

moves as (
    select
        charges.line_segment_number,
        charges.line_id,
        charges.entity_id,
        charges.service_ordinal,
        charges.unit_code,
        charges.revision,
        charges.amount as charged,
        cast(0 as decimal(38, 18)) as drawn,
        cast(0 as decimal(38, 9)) as quantity
    from {{ ref('int_usage_charges') }} as charges
    inner join priced on priced.line_segment_number = charges.line_segment_number

    union all

    select
        draws.line_segment_number,
        draws.line_id,
        draws.entity_id,
        draws.service_ordinal,
        draws.unit_code,
        draws.revision,
        0 as charged,
        draws.units as drawn,
        0 as quantity
    from {{ ref('fct_credit_draws') }} as draws
    inner join priced on priced.line_segment_number = draws.line_segment_number
    where draws.taken_by = 'draw'

    union all

    select
        usage.line_segment_number,
        usage.line_id,
        usage.entity_id,
        usage.service_ordinal,
        rates.unit_code,
        greatest({{ usage_revision('usage') }}, rates.first_revision) as revision,
        0 as charged,
        0 as drawn,
        usage.quantity
    from {{ ref('fct_usage_by_period') }} as usage
    inner join priced on priced.line_segment_number = usage.line_segment_number
    inner join (
        select
            line_segment_number,
            min(unit_code) as unit_code,
            min(revision) as first_revision
        from {{ ref('fct_usage_rates') }}
        where unit_code is not null
        group by line_segment_number
    ) as rates on rates.line_segment_number = usage.line_segment_number
),

cells as (
    select
        line_segment_number,
        line_id,
        entity_id,
        service_ordinal,
        unit_code,
        min(revision) as first_revision
    from moves
    group by all
),

-- A price that is learned later prices anew.
revisions as (
    select
        line_segment_number,
        service_ordinal,
        unit_code,
        revision
    from moves
    union
    select
        cells.line_segment_number,
        cells.service_ordinal,
        cells.unit_code,
        prices.from_revision as revision
    from cells
    inner join {{ ref('int_overage_prices') }} as prices
        on prices.line_segment_number = cells.line_segment_number
        and prices.from_revision > cells.first_revision
),

to_date as (
    select
        cells.*,
        revisions.revision,
        cast(sum(moves.charged) as decimal(38, 18)) as charged,
        cast(sum(moves.charged - moves.drawn) as decimal(38, 18)) as beyond,
        cast(sum(moves.quantity) as decimal(38, 9)) as quantity
    from revisions
    inner join cells
        on cells.line_segment_number = revisions.line_segment_number
        and cells.service_ordinal = revisions.service_ordinal
        and cells.unit_code = revisions.unit_code
    inner join moves
        on moves.line_segment_number = revisions.line_segment_number
        and moves.service_ordinal = revisions.service_ordinal
        and moves.unit_code = revisions.unit_code
        and moves.revision <= revisions.revision
    group by all
),

valued as (
    select
        to_date.*,
        lines.currency,
        {{ share_by_weight(
            'prices.rate_amount',
            'case when to_date.unit_code = lines.currency then to_date.quantity else cast(to_date.charged as decimal(38, 9)) end',
            'prices.rate_per_quantity',
        ) }} as whole_amount
    from to_date
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = to_date.line_id
    left join {{ ref('int_overage_prices') }} as prices
        on prices.line_segment_number = to_date.line_segment_number
        and prices.from_revision <= to_date.revision
        and prices.to_revision > to_date.revision
),

shared as (
    select
        *,
        case
            when beyond = charged then whole_amount
            when charged > 0 then {{ wide_share_of('whole_amount', billionths('cast(beyond as decimal(38, 9))'), billionths('cast(charged as decimal(38, 9))')) }}
        end as amount_to_date
    from valued
),

int_overage_charges as (
    select
        line_segment_number,
        line_id,
        service_ordinal,
        currency as unit_code,
        revision,
        cast(coalesce(amount_to_date, 0) - coalesce(lag(amount_to_date) over (
            partition by line_segment_number, service_ordinal, unit_code order by revision
        ), 0) as decimal(38, 18)) as amount
    from shared
)

select * from int_overage_charges

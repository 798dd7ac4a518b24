-- One row per usage line segment with a price of overage, service period and revision: what that knowledge changed in what use costs that no lot pays for.
--
-- The share of the charge that no lot pays for is the share of the use: that costs the price of overage.
with

cells as (
    select
        line_segment_number,
        line_id,
        entity_id,
        service_ordinal,
        unit_code,
        min(revision) as first_revision
    from {{ ref('int_wallet_moves') }}
    where line_segment_number in (select prices.line_segment_number from {{ ref('int_overage_prices') }} as prices)
    group by all
),

-- A price that is learned later prices anew.
revisions as (
    select
        moves.line_segment_number,
        moves.service_ordinal,
        moves.unit_code,
        moves.revision
    from {{ ref('int_wallet_moves') }} as moves
    inner join cells
        on cells.line_segment_number = moves.line_segment_number
        and cells.service_ordinal = moves.service_ordinal
        and cells.unit_code = moves.unit_code
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
    inner join {{ ref('int_wallet_moves') }} as moves
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
            -- a charge taken back leaves dust of a few 10^-18
            when cast(charged as decimal(38, 9)) > 0 then {{ wide_share_of('whole_amount', billionths('cast(beyond as decimal(38, 9))'), billionths('cast(charged as decimal(38, 9))')) }}
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

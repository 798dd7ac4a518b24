-- One row per lot of prepaid credits whose price a credit note changes and revision: what that knowledge changed in its price, and in that of a unit, beside what was paid for it.
--
-- Another price of what was bought is that of each of its units: what was drawn is caught up, what is left earns less (ASC 606-10-32-43, IFRS
-- 15.88). A note lies over the lots that begin in the window it or its invoice is for, else over all of the line that its close knew, by what was paid
-- for them. The ratio is that of with_ratio; columns and signs are those of int_included_lots__prices.
with

parts as (
    select
        parts.*,
        contracts.time_zone
    from {{ ref('fct_price_parts') }} as parts
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = parts.contract_id
    where parts.spread_over = 'lots'
),

lots as (
    select
        parts.part_id,
        parts.book_scope,
        parts.known_from_ordinal,
        parts.known_to_ordinal,
        parts.arrived_family,
        parts.replaced_family,
        parts.amount as line_amount,
        lots.grant_id,
        lots.net_consideration,
        cast(lots.units - lots.refunded_units as decimal(38, 9)) as units
    from parts
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = parts.line_id
        and lots.known_from_ordinal <= parts.known_from_ordinal
        and lots.known_to_ordinal > parts.known_from_ordinal
    where
        lots.net_consideration > 0
        and lots.root_grant_id is null
    qualify dense_rank() over (
        partition by parts.part_id, parts.known_from_ordinal
        order by coalesce(
            cast({{ local_from_utc('lots.effective_at', 'parts.time_zone') }} as date) >= parts.from_date
            and cast({{ local_from_utc('lots.effective_at', 'parts.time_zone') }} as date) < parts.to_date,
            false
        ) desc
    ) = 1
),

weighed as (
    select
        *,
        sum(net_consideration) over (partition by part_id, known_from_ordinal) as whole_weight,
        sum(net_consideration) over (
            partition by part_id, known_from_ordinal order by grant_id rows between unbounded preceding and current row
        ) as weight_to_here
    from lots
),

measured as (
    {{ with_ratio('weighed', 'line_amount', 'whole_weight') }}
),

shares as (
    select
        * exclude (ratio_whole, ratio_rest),
        cast({{ spread_at_ratio('line_amount', 'net_consideration', 'weight_to_here', 'whole_weight') }} as decimal(38, 18)) as share_amount
    from measured
),

divided as (
    {{ with_ratio('shares', 'share_amount', 'units') }}
),

written as (
    {{ arrivals_and_replacements('divided') }}
),

int_credited_lots__prices as (
    {{ moves_of_lot_prices('written', 'share_amount') }}
)

select * from int_credited_lots__prices

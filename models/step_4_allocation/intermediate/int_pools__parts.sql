-- One row per fee of a pool, interval and window of belief: what it states and what it buys at standalone selling prices.
--
-- A fee within the range of the book is its own standalone price; outside it the point of the
-- entry counts (D10). What has no price in the book counts at what it states, and a finding says so.
with

windows as (
    select * from {{ ref('int_pools__windows') }}
),

tranches as (
    select distinct
        agreement_id,
        tranche_ordinal
    from windows
),

prices as (
    select
        prices.*,
        cast({{ local_from_utc('prices.priced_at', 'contracts.time_zone') }} as date) as priced_date
    from {{ ref('fct_line_selling_prices') }} as prices
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = prices.contract_id
    where prices.contract_id in (select contract_id from {{ ref('int_pools') }})
),

cut as (
    select
        fees.* exclude (believed_from_ordinal, known_from_ordinal, known_to_ordinal, arrived_family, replaced_family),
        windows.pool_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family,
        -- in the pool agreed first each window is a belief of its own
        case when windows.tranche_ordinal = 0 then windows.window_from_ordinal else fees.believed_from_ordinal end as believed_from_ordinal,
        lines.parent_line_id,
        lines.added_by_event_id,
        -- a set-up transfers nothing: its fee is part of the price of what it sets up
        coalesce(products.product_kind = 'setup', false) as is_setup,
        fees.pattern in {{ patterns_spread_by_day() }} and fees.to_date > fees.from_date as is_by_day
    from {{ ref('fct_fee_intervals') }} as fees
    inner join {{ ref('int_pools__agreements') }} as agreements
        on agreements.contract_id = fees.contract_id
        and agreements.from_ordinal < fees.known_to_ordinal
        and agreements.to_ordinal > fees.known_from_ordinal
    left join tranches
        on tranches.agreement_id = agreements.agreement_id
        and tranches.tranche_ordinal = fees.tranche_ordinal
    inner join windows
        on windows.agreement_id = agreements.agreement_id
        -- a later price of what was promised at first joins the price agreed first
        and windows.tranche_ordinal = coalesce(tranches.tranche_ordinal, 0)
        and windows.window_from_ordinal >= greatest(fees.known_from_ordinal, agreements.from_ordinal)
        and windows.window_to_ordinal <= least(fees.known_to_ordinal, agreements.to_ordinal)
        and fees.strand_id = fees.obligation_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = fees.line_id
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    where fees.line_id not in (select outside.line_id from {{ ref('int_rights__outside_pools') }} as outside)
),

-- A fee is priced when it is agreed; a segment of changed terms when the change begins to hold.
priced_lines as (
    select
        stated.line_id,
        stated.window_from_ordinal,
        stated.segment_from_date,
        prices.contract_event_id as priced_by_event_id,
        prices.method,
        prices.is_at_ssp,
        prices.ssp_id,
        case when prices.rate_amount > 0 then prices.standalone_amount end as point_amount,
        prices.low_amount,
        prices.high_amount
    from (
        select distinct
            line_id,
            window_from_ordinal,
            segment_from_date,
            added_by_event_id
        from cut
    ) as stated
    inner join prices
        on prices.line_id = stated.line_id
        and prices.known_from_ordinal <= stated.window_from_ordinal
        and prices.known_to_ordinal > stated.window_from_ordinal
        and (
            prices.contract_event_id is not distinct from stated.added_by_event_id
            or prices.priced_date = stated.segment_from_date
        )
    qualify row_number() over (
        partition by stated.line_id, stated.window_from_ordinal, stated.segment_from_date
        order by case when prices.priced_date = stated.segment_from_date then 0 else 1 end
    ) = 1
),

priced as (
    select
        cut.*,
        prices.priced_by_event_id,
        case when cut.pattern = 'material_right' then 'option' else prices.method end as method,
        prices.is_at_ssp,
        prices.ssp_id,
        -- a material right is worth what its exercise saves, as likely as that is
        case
            when cut.pattern = 'material_right' then cast(options.standalone_amount as decimal(38, 9))
            else prices.point_amount
        end as point_amount,
        prices.low_amount,
        prices.high_amount
    from cut
    left join {{ ref('fct_options') }} as options
        on options.line_id = cut.line_id
        and options.known_from_ordinal <= cut.window_from_ordinal
        and options.known_to_ordinal > cut.window_from_ordinal
    left join priced_lines as prices
        on prices.line_id = cut.line_id
        and prices.window_from_ordinal = cut.window_from_ordinal
        and prices.segment_from_date is not distinct from cut.segment_from_date
),

int_pools__parts as (
    select
        *,
        -- what a standalone price lies outside of is not sold at it
        amount <> 0 and (
            is_setup
            or coalesce(is_at_ssp, amount * whole_days between low_amount * share_days and high_amount * share_days, false)
        ) as counts_as_ssp,
        case
            when point_amount is not null then {{ share_of('point_amount', 'share_days', 'whole_days') }}
        end as price_in_book,
        coalesce(method = 'residual', false) as is_residual
    from priced
)

select * from int_pools__parts

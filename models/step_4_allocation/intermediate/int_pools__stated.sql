-- One row per obligation of a pool with fees and window of belief: what was agreed for it, and what it is worth at standalone selling prices.
with

agreed as (
    select
        pool_id,
        window_from_ordinal,
        line_id,
        from_date,
        to_date,
        sum(amount) as agreed_amount
    from {{ ref('int_pools__prices') }}
    where counts_in = 'agreed'
    group by 1, 2, 3, 4, 5
),

int_pools__stated as (
    select
        parts.pool_id,
        parts.contract_id,
        parts.tranche_ordinal,
        parts.window_from_ordinal,
        parts.window_to_ordinal,
        parts.obligation_id,
        cast(sum(parts.amount + coalesce(prices.agreed_amount, 0)) as decimal(38, 18)) as stated_amount,
        cast(sum(parts.amount) as decimal(38, 18)) as fee_amount,
        cast(sum(case
            when parts.counts_as_ssp then parts.amount
            else coalesce(parts.price_in_book, case when parts.is_residual then 0 else parts.amount end)
        end) as decimal(38, 18)) as standalone_amount,
        coalesce(bool_or(parts.is_residual and not parts.counts_as_ssp), false) as is_residual,
        bool_or(not parts.counts_as_ssp and parts.price_in_book is null and not coalesce(parts.is_residual, false)) as lacks_ssp,
        coalesce(bool_and(parts.method = 'observable'), false) as is_observable,
        sum(parts.price_in_book) as point_amount,
        sum({{ share_of('parts.low_amount', 'parts.share_days', 'parts.whole_days') }}) as low_amount,
        sum({{ share_of('parts.high_amount', 'parts.share_days', 'parts.whole_days') }}) as high_amount,
        coalesce({{ string_agg_ordered('parts.method') }}, 'none') as methods,
        sum(parts.amount) = 0 and not bool_or(parts.is_by_day) as is_in_package
    from {{ ref('int_pools__parts') }} as parts
    left join agreed as prices
        on prices.pool_id = parts.pool_id
        and prices.window_from_ordinal = parts.window_from_ordinal
        and prices.line_id = parts.line_id
        and prices.from_date = parts.from_date
        and prices.to_date = parts.to_date
    where
        parts.component = 'fee'
        and parts.pattern <> 'price_only'
        and parts.segment_number = 0
        -- what an event added shares in what remains then, not in what was agreed before (D12)
        and parts.added_by_event_id is null
    group by 1, 2, 3, 4, 5, 6
)

select * from int_pools__stated

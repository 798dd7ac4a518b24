-- One row per obligation of a pool, later segment of it and window of belief: what prices without a promise of their own add to its terms.
--
-- A segment keeps what the first one was given, and has what events gave with it or with a segment before it.
with

prices as (
    select * from {{ ref('int_pools__prices') }}
),

segments as (
    select distinct
        pool_id,
        window_from_ordinal,
        obligation_id,
        segment_number,
        segment_from_date
    from {{ ref('int_pools__parts') }}
    where component = 'fee' and pattern <> 'price_only' and segment_number > 0
),

int_pools__given as (
    select
        segments.pool_id,
        segments.window_from_ordinal,
        segments.obligation_id,
        segments.segment_number,
        cast(sum(prices.amount) as decimal(38, 18)) as given_amount
    from segments
    inner join prices
        on prices.pool_id = segments.pool_id
        and prices.window_from_ordinal = segments.window_from_ordinal
        and prices.obligation_id = segments.obligation_id
        and (
            prices.counts_in in ('agreed', 'added')
            or prices.counts_in = 'segment' and prices.segment_from_date <= segments.segment_from_date
        )
    group by 1, 2, 3, 4
)

select * from int_pools__given

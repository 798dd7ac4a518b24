-- One row per fee of a pool, segment, interval, component and window of belief: what is stated for it in all, and what is allocated to it.
--
-- What the price of the pool moves to or from an obligation lies over its intervals as its stated
-- amounts do, by days where nothing is stated. Terms of a later segment keep what inception moved.
with

members as (
    select
        *,
        case when is_at_its_price or price_in_book is null then amount else price_in_book end as worth,
        cast(greatest({{ days_between('from_date', 'to_date') }}, 1) as decimal(38, 9)) as days
    from {{ ref('int_pools__parts') }}
    where component = 'fee' and pattern <> 'price_only'
),

moved as (
    select
        pool_id,
        known_from_ordinal as window_from_ordinal,
        obligation_id,
        share_amount - stated_amount as moved_amount,
        method
    from {{ ref('fct_allocation_shares') }}
    where source = 'fee'
),

-- Of a price without a promise, a later segment of an obligation keeps what its first one was given.
given as (
    select
        members.pool_id,
        members.window_from_ordinal,
        members.obligation_id,
        sum(prices.agreed_amount + prices.added_amount) as price_amount
    from members
    inner join {{ ref('int_pools__prices') }} as prices
        on prices.pool_id = members.pool_id
        and prices.window_from_ordinal = members.window_from_ordinal
        and prices.line_id = members.line_id
        and prices.from_date = members.from_date
        and prices.to_date = members.to_date
    where members.segment_number = 0
    group by 1, 2, 3
),

weighed as (
    select
        members.*,
        prices.agreed_amount,
        prices.added_amount,
        case when members.segment_number > 0 then given.price_amount end as price_amount,
        cast(case when sum(members.worth) over segment > 0 then members.worth else members.days end as decimal(38, 9)) as price_weight
    from members
    left join {{ ref('int_pools__prices') }} as prices
        on prices.pool_id = members.pool_id
        and prices.window_from_ordinal = members.window_from_ordinal
        and prices.line_id = members.line_id
        and prices.from_date = members.from_date
        and prices.to_date = members.to_date
        and members.segment_number = 0
    left join given
        on given.pool_id = members.pool_id
        and given.window_from_ordinal = members.window_from_ordinal
        and given.obligation_id = members.obligation_id
    window segment as (partition by members.pool_id, members.window_from_ordinal, members.obligation_id, members.segment_number)
),

stated as (
    select
        *,
        amount + coalesce(agreed_amount, 0) + {{ spread_by_weight('price_amount', 'price_weight', 'in_order', 'segment') }} as inner_amount
    from weighed
    window
        segment as (partition by pool_id, window_from_ordinal, obligation_id, segment_number),
        in_order as (
            partition by pool_id, window_from_ordinal, obligation_id, segment_number
            order by from_date, to_date, line_id
            rows between unbounded preceding and current row
        )
),

shaped as (
    select
        stated.*,
        moved.moved_amount,
        cast(case when sum(stated.inner_amount) over segment > 0 then stated.inner_amount else stated.days end as decimal(38, 9)) as weight
    from stated
    left join moved
        on moved.pool_id = stated.pool_id
        and moved.window_from_ordinal = stated.window_from_ordinal
        and moved.obligation_id = stated.obligation_id
    window segment as (partition by stated.pool_id, stated.window_from_ordinal, stated.obligation_id, stated.segment_number)
),

int_pools__fees as (
    select
        *,
        inner_amount + coalesce(added_amount, 0) as stated_amount,
        inner_amount + coalesce(added_amount, 0) + {{ spread_by_weight('moved_amount', 'weight', 'in_order', 'segment') }} as allocated_amount
    from shaped
    window
        segment as (partition by pool_id, window_from_ordinal, obligation_id, segment_number),
        in_order as (
            partition by pool_id, window_from_ordinal, obligation_id, segment_number
            order by from_date, to_date, line_id
            rows between unbounded preceding and current row
        )
)

select * from int_pools__fees

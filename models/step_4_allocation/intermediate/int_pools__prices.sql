-- One row per fee of a pool, interval, window of belief and price without a promise of its own that reaches it: its share of that price, and where it counts.
--
-- This says where the contract puts a price; how it is allocated is decided after that. What an event adds is a price of what
-- is ahead (D12): it counts in the segments that begin with the event, else on its own days.
with

weighed as (
    select
        * exclude (worth, worth_in_window),
        case
            when sum(worth_in_window) over price > 0 then worth_in_window
            when sum(worth) over price > 0 then worth
            else cast(1 as decimal(38, 18))
        end as weight
    from {{ ref('int_pools__reached') }}
    window price as (partition by pool_id, window_from_ordinal, price_number)
),

cumulative as (
    select
        *,
        sum(weight) over (
            partition by pool_id, window_from_ordinal, price_number order by part_number rows between unbounded preceding and current row
        ) as weight_to_here,
        sum(weight) over (partition by pool_id, window_from_ordinal, price_number) as whole_weight
    from weighed
    where weight <> 0
),

measured as (
    {{ with_ratio('cumulative', 'amount', 'whole_weight') }}
),

begun as (
    select distinct
        pool_id,
        window_from_ordinal,
        obligation_id,
        segment_from_date
    from {{ ref('int_pools__parts') }}
    where component = 'fee' and pattern <> 'price_only' and segment_from_date is not null
),

shared as (
    select
        measured.pool_id,
        measured.window_from_ordinal,
        measured.obligation_id,
        measured.line_id,
        measured.from_date,
        measured.to_date,
        measured.price_line_id,
        case
            when measured.counts_from_date is null then 'agreed'
            when begun.obligation_id is not null then 'segment'
            -- with what it is off
            when measured.added_from_date = measured.counts_from_date and not measured.segment_is_open then 'added'
            when
                measured.is_price_by_day and measured.is_by_day and not measured.segment_is_open
                and measured.price_from_date < measured.to_date and measured.price_to_date > measured.from_date
                and measured.price_from_date < measured.price_to_date
                then 'days'
            else 'added'
        end as counts_in,
        begun.segment_from_date,
        greatest(measured.from_date, measured.price_from_date) as part_from_date,
        least(measured.to_date, measured.price_to_date) as part_to_date,
        {{ spread_at_ratio('amount', 'weight', 'weight_to_here', 'whole_weight') }} as amount
    from measured
    left join begun
        on begun.pool_id = measured.pool_id
        and begun.window_from_ordinal = measured.window_from_ordinal
        and begun.obligation_id = measured.obligation_id
        and begun.segment_from_date = measured.counts_from_date
),

int_pools__prices as (
    select
        * exclude (amount),
        cast(sum(amount) as decimal(38, 18)) as amount
    from shared
    group by all
)

select * from int_pools__prices

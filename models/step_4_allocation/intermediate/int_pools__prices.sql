-- One row per fee of a pool, interval and window of belief that a price without a promise of its own reaches: its share of such prices.
--
-- A package is the price of its parts, a discount that of the line it names, else of all the
-- contract. The window of such a line says which performance it prices: its amount goes to the
-- intervals that it shares days with, by what they buy at standalone prices. Nothing is lost:
-- what meets no interval goes to all. This says where the contract puts a price; how it is
-- allocated is decided after that.
with

parts as (
    select
        *,
        row_number() over (
            partition by pool_id, window_from_ordinal
            order by line_id, discounted_line_id, segment_number, from_date, to_date, component
        ) as part_number,
        -- what it buys weighs; a residual price is not known yet
        case when counts_as_ssp or price_in_book is null then amount else price_in_book end as worth
    from {{ ref('int_pools__parts') }}
    where component = 'fee'
),

members as (
    select * from parts
    where pattern <> 'price_only' and segment_number = 0
),

price_lines as (
    select
        parts.* exclude (worth),
        coalesce(
            parts.discounted_line_id,
            case when lines.line_kind = 'discount' then lines.parent_line_id else lines.line_id end
        ) as target_line_id,
        sum(parts.share_days) over (
            partition by parts.pool_id, parts.window_from_ordinal, parts.line_id, parts.discounted_line_id
        ) as line_days
    from parts
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = parts.line_id
    where parts.pattern = 'price_only' and parts.amount <> 0 and parts.is_latest_segment
),

targets as (
    select distinct
        price_lines.pool_id,
        price_lines.target_line_id
    from price_lines
    inner join members
        on members.pool_id = price_lines.pool_id
        and (members.line_id = price_lines.target_line_id or members.parent_line_id = price_lines.target_line_id)
),

reached as (
    select
        price_lines.pool_id,
        price_lines.window_from_ordinal,
        price_lines.part_number as price_number,
        price_lines.added_by_event_id,
        price_lines.amount,
        members.part_number,
        members.worth,
        case
            -- what does not pass by days takes its part of each interval of the price
            when not members.is_by_day or not price_lines.is_by_day
                then {{ share_of('members.worth', 'price_lines.share_days', 'price_lines.line_days') }}
            when price_lines.from_date < members.to_date and price_lines.to_date > members.from_date
                then {{ share_of('members.worth', days_between('greatest(members.from_date, price_lines.from_date)', 'least(members.to_date, price_lines.to_date)'), days_between('members.from_date', 'members.to_date')) }}
            else cast(0 as decimal(38, 18))
        end as worth_in_window
    from price_lines
    left join targets
        on targets.pool_id = price_lines.pool_id
        and targets.target_line_id = price_lines.target_line_id
    inner join members
        on members.pool_id = price_lines.pool_id
        and members.window_from_ordinal = price_lines.window_from_ordinal
        -- a price agreed before reaches nothing that was added since
        and (members.added_by_event_id is null or price_lines.added_by_event_id is not null)
        and (
            targets.target_line_id is null
            or members.line_id = targets.target_line_id
            or coalesce(members.parent_line_id, '') = targets.target_line_id
        )
),

weighed as (
    select
        * exclude (worth, worth_in_window),
        case
            when sum(worth_in_window) over price > 0 then worth_in_window
            when sum(worth) over price > 0 then worth
            else cast(1 as decimal(38, 18))
        end as weight
    from reached
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

shared as (
    select
        pool_id,
        window_from_ordinal,
        part_number,
        added_by_event_id is null as is_agreed_first,
        {{ spread_at_ratio('amount', 'weight', 'weight_to_here', 'whole_weight') }} as amount
    from measured
),

int_pools__prices as (
    select
        members.pool_id,
        members.window_from_ordinal,
        members.line_id,
        members.from_date,
        members.to_date,
        cast(sum(case when shared.is_agreed_first then shared.amount else 0 end) as decimal(38, 18)) as agreed_amount,
        cast(sum(case when shared.is_agreed_first then 0 else shared.amount end) as decimal(38, 18)) as added_amount
    from shared
    inner join members
        on members.pool_id = shared.pool_id
        and members.window_from_ordinal = shared.window_from_ordinal
        and members.part_number = shared.part_number
    group by all
)

select * from int_pools__prices

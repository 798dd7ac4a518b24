-- One row per price without a promise of its own, fee of a pool that it reaches and window of belief: what of the fee lies in its window.
--
-- A package is the price of its parts, a discount that of the line it names, else of all the
-- contract. The window of such a line says which performance it prices: its amount goes to the
-- intervals that it shares days with, by what they buy at standalone prices. Nothing is lost:
-- what meets no interval goes to all. What an event adds to a price or takes from it is a row of its own, from the day of the event.
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

events as (
    select
        changes.contract_event_id,
        cast({{ local_from_utc('changes.segment_from_at', 'contracts.time_zone') }} as date) as segment_from_date
    from {{ ref('fct_contract_changes') }} as changes
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changes.contract_id
),

-- A line that an event added has no part in the segments before.
members as (
    select
        parts.*,
        events.segment_from_date as added_from_date
    from parts
    left join events on events.contract_event_id = parts.added_by_event_id
    where parts.pattern <> 'price_only'
    qualify parts.segment_number = min(parts.segment_number) over (partition by parts.pool_id, parts.window_from_ordinal, parts.line_id)
),

-- Each segment of a price replaces the one before from the day on which it begins.
stated as (
    select
        parts.* exclude (worth),
        parts.amount as price_amount,
        case when parts.segment_number = 0 then events.segment_from_date else parts.segment_from_date end as counts_from_date
    from parts
    left join events on events.contract_event_id = parts.added_by_event_id
    where parts.pattern = 'price_only'

    union all

    select
        parts.* exclude (worth),
        -parts.amount as price_amount,
        parts.segment_to_date as counts_from_date
    from parts
    where parts.pattern = 'price_only' and not parts.is_latest_segment
),

price_lines as (
    select
        stated.*,
        coalesce(
            stated.discounted_line_id,
            case when lines.line_kind = 'discount' then lines.parent_line_id else lines.line_id end
        ) as target_line_id,
        sum(stated.share_days) over (
            partition by stated.pool_id, stated.window_from_ordinal, stated.line_id, stated.discounted_line_id, stated.segment_number, stated.counts_from_date
        ) as line_days
    from stated
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = stated.line_id
    where stated.price_amount <> 0
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

int_pools__reached as (
    select
        price_lines.pool_id,
        price_lines.window_from_ordinal,
        cast(price_lines.part_number as varchar) || ':' || coalesce(cast(price_lines.counts_from_date as varchar), '') as price_number,
        price_lines.line_id as price_line_id,
        price_lines.is_by_day as is_price_by_day,
        greatest(price_lines.from_date, coalesce(price_lines.counts_from_date, price_lines.from_date)) as price_from_date,
        price_lines.to_date as price_to_date,
        price_lines.counts_from_date,
        price_lines.price_amount as amount,
        members.part_number,
        members.obligation_id,
        members.line_id,
        members.is_by_day,
        members.segment_is_open,
        members.added_from_date,
        members.from_date,
        members.to_date,
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
        and (members.added_by_event_id is null or price_lines.counts_from_date is not null)
        and (
            targets.target_line_id is null
            or members.line_id = targets.target_line_id
            or coalesce(members.parent_line_id, '') = targets.target_line_id
        )
)

select * from int_pools__reached

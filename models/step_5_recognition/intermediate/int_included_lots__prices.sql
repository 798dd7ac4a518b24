-- One row per lot of credits that share the price of their plan, set of books and revision: what that knowledge changed in its price, and in that of a unit.
--
-- The price of an interval is what step 4 allocated to its days; the units granted for it share it alike (D8 ENTITLEMENT, significant;
-- ASC 606-10-32-31, IFRS 15.76). The ratio is that of with_ratio.
with

lots as (
    select * from {{ ref('int_included_lots') }}
),

closes as (
    select
        obligation_id,
        from_date,
        to_date,
        known_from_ordinal as close_ordinal
    from lots
    union
    select
        obligation_id,
        from_date,
        to_date,
        known_to_ordinal as close_ordinal
    from lots
    where known_to_ordinal < 999999
),

windows as (
    select
        *,
        lead(close_ordinal, 1, 999999) over (partition by obligation_id, from_date, to_date order by close_ordinal) as next_ordinal
    from closes
),

granted as (
    select
        windows.*,
        lots.grant_id,
        lots.units,
        sum(lots.units) over (partition by windows.obligation_id, windows.from_date, windows.to_date, windows.close_ordinal) as interval_units
    from windows
    inner join lots
        on lots.obligation_id = windows.obligation_id
        and lots.from_date = windows.from_date
        and lots.to_date = windows.to_date
        and lots.known_from_ordinal <= windows.close_ordinal
        and lots.known_to_ordinal > windows.close_ordinal
),

reached as (
    select
        granted.grant_id,
        granted.units,
        granted.interval_units,
        granted.from_date as interval_from_date,
        granted.to_date as interval_to_date,
        fees.book_scope,
        fees.amount,
        fees.from_date,
        fees.to_date,
        greatest(fees.from_date, coalesce(fees.earned_from_date, fees.from_date), granted.from_date) as priced_from_date,
        least(fees.to_date, coalesce(fees.earned_to_date, fees.to_date), granted.to_date) as priced_to_date,
        greatest(granted.close_ordinal, fees.known_from_ordinal) as known_from_ordinal,
        least(granted.next_ordinal, fees.known_to_ordinal) as known_to_ordinal,
        case when granted.close_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when granted.next_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family
    from granted
    inner join {{ ref('int_fees_by_day') }} as fees
        on fees.obligation_id = granted.obligation_id
        and fees.component = 'fee'
        and fees.known_from_ordinal < granted.next_ordinal
        and fees.known_to_ordinal > granted.close_ordinal
),

priced as (
    select
        grant_id,
        units,
        interval_units,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        sum(
            {{ share_of('amount', days_between('from_date', 'priced_to_date'), days_between('from_date', 'to_date')) }}
            - {{ share_of('amount', days_between('from_date', 'priced_from_date'), days_between('from_date', 'to_date')) }}
        ) as interval_amount
    from reached
    where priced_from_date < priced_to_date
    group by all
),

divided as (
    {{ with_ratio('priced', 'interval_amount', 'interval_units') }}
),

written as (
    {{ arrivals_and_replacements('divided') }}
),

int_included_lots__prices as (
    {{ moves_of_lot_prices('written', 'case when units = interval_units then interval_amount else ' ~ share_at_ratio('units') ~ ' end') }}
)

select * from int_included_lots__prices

-- One row per contract line, date on which it is priced and closes that believed so: how many product units its fee buys.
--
-- A standalone price is for the quantity and interval that the line states; of a product that is
-- counted in a unit of time it is per that time, whatever interval the line is charged by.
with

measured as (
    select
        *,
        -- milestones of one product are parts of one project: each buys its share of it
        case when line_kind = 'milestone' then sum(fixed_amount) over project end as project_amount,
        {{ unit_of_time('unit_code', 'months') }} as unit_months,
        {{ unit_of_time('unit_code', 'days') }} as unit_days,
        {{ unit_of_time('amount_interval', 'months') }} as interval_months,
        {{ unit_of_time('amount_interval', 'days') }} as interval_days,
        coalesce({{ whole_months('from_date', 'to_date') }}, 0) as window_months
    from {{ ref('int_line_purchases__rows') }}
    where known_from_ordinal < known_to_ordinal
    window project as (partition by contract_id, product_id, line_kind, contract_event_id, known_from_ordinal)
),

rested as (
    select
        *,
        cast({{ add_months('cast(from_date as timestamp)', 'window_months') }} as date) as rest_from_date,
        cast({{ add_months('cast(from_date as timestamp)', 'window_months + 1') }} as date) as rest_to_date
    from measured
),

timed as (
    select
        *,
        case
            when project_amount > 0 then cast(fixed_amount * 100 as bigint)
            when unit_months is null and unit_days is null then 1
            when interval_months is not null then interval_months * case when unit_months is not null then 1 else 365 end
            when interval_days is not null then interval_days * case when unit_days is not null then 1 else 12 end
            when to_date is null then 1
            when unit_months is not null
                then window_months * {{ days_between('rest_from_date', 'rest_to_date') }} + {{ days_between('rest_from_date', 'to_date') }}
            else {{ days_between('from_date', 'to_date') }}
        end as time_part,
        case
            when project_amount > 0 then cast(project_amount * 100 as bigint)
            when unit_months is null and unit_days is null then 1
            when interval_months is not null then coalesce(unit_months, 12 * unit_days)
            when interval_days is not null then coalesce(unit_days, 365 * unit_months)
            when to_date is null then 1
            when unit_months is not null then {{ days_between('rest_from_date', 'rest_to_date') }} * unit_months
            else unit_days
        end as time_whole
    from rested
),

int_line_purchases as (
    select
        line_id,
        contract_id,
        contract_event_id,
        is_own_row,
        entity_id,
        customer_id,
        currency,
        product_id,
        pattern,
        coalesce(quantity, 1) as quantity,
        -- a quantity that fills the time counts it (12 months of a year), a smaller one comes every time (5 seats)
        cast(case
            when project_amount is null and quantity * time_whole >= time_part and quantity * time_whole % time_part = 0 then 1
            else time_part
        end as bigint) as time_part,
        cast(case
            when project_amount is null and quantity * time_whole >= time_part and quantity * time_whole % time_part = 0 then 1
            else time_whole
        end as bigint) as time_whole,
        case when is_own_row and pattern <> 'price_only' and pattern not in {{ patterns_by_count() }} then fixed_amount end as stated_amount,
        recorded_at,
        time_zone,
        priced_at,
        known_from_ordinal,
        known_to_ordinal
    from timed
)

select * from int_line_purchases

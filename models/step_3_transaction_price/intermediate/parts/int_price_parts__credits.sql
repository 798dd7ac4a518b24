-- One row per credit that changes the price, stretch of days it is for and closes that believed so.
--
-- The window of a credit says which performance it prices: the past is caught up, what is ahead earns less. A credit
-- without a window uses what is not earned yet of its invoice line first, and the rest is given back on its date; of a
-- good that was handed over, on the day of that; of prepaid units, over their lots, drawn and left alike.
with

-- How much of it belongs to what is ahead, as a lower price of what is promised.
split as (
    select
        *,
        cast(case
            when not is_by_day or is_before_handover or coalesce(ahead_to_date <= ahead_from_date, true) then 0
            when to_date is not null and effect = 'price'
                then {{ share_of('amount', days_between('ahead_from_date', 'to_date'), days_between('from_date', 'to_date')) }}
            when to_date is not null then 0
            else least(amount, {{ share_of('invoice_amount', days_between('ahead_from_date', 'ahead_to_date'), days_between('invoice_from_date', 'invoice_to_date')) }})
        end as decimal(38, 18)) as ahead_amount
    from {{ ref('int_price_parts__credited') }}
),

pieces as (
    select
        *,
        'ahead' as piece,
        'fee' as earned_as,
        ahead_from_date as piece_from_date,
        ahead_to_date as piece_to_date,
        ahead_amount as piece_amount
    from split

    union all

    select
        *,
        'given_back' as piece,
        case when is_before_handover and effect = 'price' then 'fee' else component end as earned_as,
        coalesce(from_date, handed_over_date, credit_date) as piece_from_date,
        case
            when to_date is null then cast(coalesce(handed_over_date, credit_date) + interval 1 day as date)
            when ahead_amount <> 0 then ahead_from_date
            else to_date
        end as piece_to_date,
        amount - ahead_amount as piece_amount
    from split
),

int_price_parts__credits as (
    select
        credit_id || coalesce(':' || invoice_line_id, '') || ':' || piece as part_id,
        component,
        earned_as,
        'both' as book_scope,
        contract_id,
        entity_id,
        currency,
        case when is_on_lots then 'lots' when is_before_handover then 'fees' else 'days' end as spread_over,
        line_id,
        cast(null as varchar) as product_id,
        obligation_id,
        credit_date,
        case when is_on_lots then coalesce(from_date, invoice_from_date) when not is_before_handover then piece_from_date end as from_date,
        case when is_on_lots then coalesce(to_date, invoice_to_date) when not is_before_handover then piece_to_date end as to_date,
        cast(-piece_amount as decimal(38, 18)) as amount,
        known_from_ordinal,
        known_to_ordinal,
        {{ family('credit') }} as arrived_family,
        {{ family('credit') }} as replaced_family
    from pieces
    where piece_amount <> 0
)

select * from int_price_parts__credits

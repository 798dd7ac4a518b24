{{ config(materialized='view') }} {#- few fees are stated anew; read once, by what cuts them into intervals -#}
-- One row per fee stated once, version in which an event states its total anew and closes that believed so: what the days before the event cost, and what it keeps of what it takes away.
--
-- Each total is of the whole window; what it leaves for the days ahead is spread over these. Where the fee
-- ends before its window does, that is what its days cost (ASC 606-10-25-13(a), IFRS 15.21(a)).
with recursive

costs as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        version_order,
        is_stated_once,
        fixed_amount,
        quantity,
        agreed_to_date,
        priced_from_date as spread_from_date,
        interval_cost,
        cast(0 as decimal(38, 18)) as cost_before,
        cast(0 as decimal(38, 18)) as kept_amount
    from {{ ref('int_fee_windows__versions') }}
    where version_order = 1

    union all

    select
        versions.part_id,
        versions.known_from_ordinal,
        versions.version_number,
        versions.version_order,
        versions.is_stated_once,
        versions.fixed_amount,
        versions.quantity,
        versions.agreed_to_date,
        versions.priced_from_date as spread_from_date,
        versions.interval_cost,
        cast(costs.cost_before + case
            when not costs.is_stated_once then costs.interval_cost
            when costs.agreed_to_date <= costs.spread_from_date then costs.fixed_amount - costs.cost_before
            else
                {{ share_of(
                    'costs.fixed_amount - costs.cost_before',
                    'greatest(' ~ days_between('costs.spread_from_date', 'least(versions.priced_from_date, costs.agreed_to_date)') ~ ', 0)',
                    'greatest(' ~ days_between('costs.spread_from_date', 'costs.agreed_to_date') ~ ', 1)'
                ) }}
        end as decimal(38, 18)) as cost_before,
        cast(case
            when not (costs.is_stated_once and versions.is_stated_once) then 0
            when versions.is_goods and versions.quantity < costs.quantity
                then versions.fixed_amount - {{ share_by_weight('costs.fixed_amount', 'versions.quantity', 'costs.quantity') }}
            -- days that were agreed are left, and this version does not reach them
            when
                not versions.is_goods
                and costs.agreed_to_date > greatest(versions.given_up_from_date, versions.agreed_to_date)
                -- more than before for the days that are left is their new price: nothing is kept
                and (versions.fixed_amount <= costs.fixed_amount or versions.agreed_to_date <= versions.given_up_from_date)
                then
                    versions.fixed_amount - costs.cost_before
                    - {{ share_of(
                        'costs.fixed_amount - costs.cost_before',
                        'greatest(' ~ days_between('costs.spread_from_date', 'greatest(versions.priced_from_date, versions.agreed_to_date)') ~ ', 0)',
                        'greatest(' ~ days_between('costs.spread_from_date', 'costs.agreed_to_date') ~ ', 1)'
                    ) }}
            else 0
        end as decimal(38, 18)) as kept_amount
    from costs
    inner join {{ ref('int_fee_windows__versions') }} as versions
        on versions.part_id = costs.part_id
        and versions.known_from_ordinal = costs.known_from_ordinal
        and versions.version_order = costs.version_order + 1
),

int_fee_windows__restated as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        spread_from_date,
        cost_before,
        kept_amount
    from costs
    where
        version_order > 1
        and is_stated_once
)

select * from int_fee_windows__restated

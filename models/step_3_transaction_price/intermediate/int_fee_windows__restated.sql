{{ config(materialized='view') }} {#- few fees are stated anew; read once, by what cuts them into intervals -#}
-- One row per fee stated once, version in which an event states its total anew and closes that believed so: what the days before the event cost, and what it keeps of days that it takes away.
--
-- Each total is of the whole window; what it leaves for the days ahead is spread over these. Where the fee
-- ends before its window does, that is what its days cost (ASC 606-10-25-13(a), IFRS 15.21(a)).
with recursive

versions as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        fixed_amount,
        interval_months is null and interval_days is null as is_stated_once,
        from_date,
        greatest(from_date, coalesce(priced_from_date, from_date)) as priced_from_date,
        coalesce(agreed_to_date, from_date) as agreed_to_date,
        -- the event counts from its approval where that is later
        greatest(coalesce(segment_from_date, from_date), coalesce(priced_from_date, from_date)) as given_up_from_date,
        row_number() over (partition by part_id, known_from_ordinal order by version_number) as version_order
    from {{ ref('int_fee_windows') }}
    where
        is_modified
        and discounted_line_id is null
        -- as stated first, in the segment that begins with it
        and segment_number = version_number
),

costs as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        version_order,
        fixed_amount,
        agreed_to_date,
        cast(null as date) as agreed_before_to_date,
        given_up_from_date,
        from_date as spread_from_date,
        cast(0 as decimal(38, 18)) as cost_before
    from versions
    where version_order = 1 and is_stated_once

    union all

    select
        versions.part_id,
        versions.known_from_ordinal,
        versions.version_number,
        versions.version_order,
        versions.fixed_amount,
        versions.agreed_to_date,
        costs.agreed_to_date as agreed_before_to_date,
        versions.given_up_from_date,
        versions.priced_from_date as spread_from_date,
        cast(costs.cost_before + case
            when costs.agreed_to_date <= costs.spread_from_date then costs.fixed_amount - costs.cost_before
            else
                {{ share_of(
                    'costs.fixed_amount - costs.cost_before',
                    'greatest(' ~ days_between('costs.spread_from_date', 'least(versions.priced_from_date, costs.agreed_to_date)') ~ ', 0)',
                    'greatest(' ~ days_between('costs.spread_from_date', 'costs.agreed_to_date') ~ ', 1)'
                ) }}
        end as decimal(38, 18)) as cost_before
    from costs
    inner join versions
        on versions.part_id = costs.part_id
        and versions.known_from_ordinal = costs.known_from_ordinal
        and versions.version_order = costs.version_order + 1
        and versions.is_stated_once
),

int_fee_windows__restated as (
    select
        part_id,
        known_from_ordinal,
        version_number,
        spread_from_date,
        cost_before,
        -- the line ends with the event, and days that were agreed are left
        cast(case
            when agreed_to_date <= spread_from_date and agreed_before_to_date > given_up_from_date then fixed_amount - cost_before
            else 0
        end as decimal(38, 18)) as kept_amount
    from costs
    where version_order > 1
)

select * from int_fee_windows__restated

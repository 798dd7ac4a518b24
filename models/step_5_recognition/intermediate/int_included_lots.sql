-- One row per version of a lot of credits that share the price of their plan: the days whose price it holds.
--
-- Days are those of the interval of its line in which the lot begins; of a line for its whole term they have no bounds.
with

-- The interval is that of the terms known first: a later version must not move the price of a closed one.
lines as (
    select
        lines.line_id,
        lines.obligation_id,
        {{ unit_of_time('lines.amount_interval', 'months') }} as interval_months,
        {{ unit_of_time('lines.amount_interval', 'days') }} as interval_days,
        fees.first_interval_date
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_fee_intervals') }} as fees on fees.line_id = lines.line_id
    where lines.pattern = 'included_units'
    qualify row_number() over (partition by lines.line_id order by fees.believed_from_ordinal, fees.first_interval_date) = 1
),

lots as (
    select
        lots.grant_id,
        lots.version_number,
        lots.entity_id,
        lots.units - lots.refunded_units as units,
        lots.known_from_ordinal,
        lots.known_to_ordinal,
        lines.* exclude (line_id),
        greatest(lines.first_interval_date, cast({{ local_from_utc('lots.effective_at', 'contracts.time_zone') }} as date)) as lot_date
    from {{ ref('fct_credit_lots') }} as lots
    inner join lines on lines.line_id = lots.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lots.contract_id
    where
        lots.grant_kind = 'entitlement'
        and lots.units > lots.refunded_units
),

numbered as (
    select
        *,
        case
            when interval_months is not null then {{ int_div('(' ~ whole_months('first_interval_date', 'lot_date') ~ ')', 'interval_months') }}
            when interval_days is not null then {{ int_div(days_between('first_interval_date', 'lot_date'), 'interval_days') }}
        end as interval_number
    from lots
),

int_included_lots as (
    select
        grant_id,
        version_number,
        obligation_id,
        units,
        known_from_ordinal,
        known_to_ordinal,
        cast(case
            when interval_months is not null then {{ add_months('cast(first_interval_date as timestamp)', 'interval_number * interval_months') }}
            when interval_days is not null then {{ add_days('cast(first_interval_date as timestamp)', 'interval_number * interval_days') }}
            else timestamp '0001-01-01'
        end as date) as from_date,
        cast(case
            when interval_months is not null then {{ add_months('cast(first_interval_date as timestamp)', '(interval_number + 1) * interval_months') }}
            when interval_days is not null then {{ add_days('cast(first_interval_date as timestamp)', '(interval_number + 1) * interval_days') }}
            else timestamp '9999-12-31'
        end as date) as to_date
    from numbered
)

select * from int_included_lots

-- One row per lot, day on which units of it were paid back and closes that believed so: the units, and what was paid for them.
--
-- Units that came from another lot have no cost of their own here.
with

lots as (
    select * from {{ ref('fct_credit_lots') }}
    where
        root_grant_id is null
        and refunded_units > 0
        and line_id is not null
        and treatment <> 'PRICE_REDUCTION'
),

refunds as (
    select
        lots.grant_id,
        events.occurred_at,
        cast({{ local_from_utc('events.occurred_at', 'places.time_zone') }} as date) as refund_date,
        events.units,
        events.known_ordinal,
        events.withdrawn_ordinal
    from {{ ref('int_credit_events__acting') }} as events
    inner join (
        select distinct
            grant_id,
            contract_id
        from lots
    ) as lots on lots.grant_id = events.grant_id
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lots.contract_id
    where events.kind = 'refund'
),

{{ windows_between_closes('grant_id', {
    'lots': ['known_from_ordinal', 'known_to_ordinal'],
    'refunds': ['known_ordinal', 'withdrawn_ordinal'],
}) }},

days as (
    select
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        refunds.grant_id,
        refunds.refund_date,
        min(refunds.occurred_at) as refunded_at,
        sum(refunds.units) as units,
        sum(sum(refunds.units)) over (partition by refunds.grant_id, windows.window_from_ordinal) as units_of_lot
    from windows
    inner join refunds
        on refunds.grant_id = windows.grant_id
        and refunds.known_ordinal <= windows.window_from_ordinal
        and refunds.withdrawn_ordinal > windows.window_from_ordinal
    group by windows.window_from_ordinal, windows.window_to_ordinal, refunds.grant_id, refunds.refund_date
),

-- No more was paid back than the lot held: its refunds share what left it.
fct_refunded_units as (
    select
        days.grant_id,
        days.refund_date,
        cast(days.window_from_ordinal as integer) as known_from_ordinal,
        cast(days.window_to_ordinal as integer) as known_to_ordinal,
        lots.entity_id,
        lots.contract_id,
        lots.line_id,
        days.refunded_at,
        lots.currency,
        cast({{ share_by_weight('lots.refunded_units', 'days.units', 'days.units_of_lot') }} as decimal(38, 18)) as refunded_units,
        cast({{ share_by_weight('cast(lots.consideration - lots.net_consideration as decimal(38, 18))', 'days.units', 'days.units_of_lot') }} as decimal(38, 18)) as paid_amount
    from days
    inner join lots
        on lots.grant_id = days.grant_id
        and lots.known_from_ordinal <= days.window_from_ordinal
        and lots.known_to_ordinal > days.window_from_ordinal
)

select * from fct_refunded_units

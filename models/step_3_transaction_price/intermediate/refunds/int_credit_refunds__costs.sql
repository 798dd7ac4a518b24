-- One row per lot, day on which units of it were paid back and closes that believed so: the units, and what they cost by then.
--
-- Credit notes before that day had changed their price. A close that learns of a note, or of a credit for the units, believes anew.
with

units as (
    select * from {{ ref('fct_refunded_units') }}
),

noted as (
    select * from {{ ref('int_credit_refunds__noted') }}
),

credits as (
    select * from {{ ref('int_credit_refunds__credits') }}
    where line_id in (select line_id from units)
),

{{ windows_between_closes('line_id', {
    'units': ['known_from_ordinal', 'known_to_ordinal'],
    'noted': ['known_from_ordinal', 'known_to_ordinal'],
    'credits': ['known_ordinal', 'void_ordinal'],
}) }},

noted_days as (
    select
        windows.window_from_ordinal,
        noted.grant_id,
        noted.refund_date,
        sum(noted.amount) as amount
    from windows
    inner join noted
        on noted.line_id = windows.line_id
        and noted.known_from_ordinal <= windows.window_from_ordinal
        and noted.known_to_ordinal > windows.window_from_ordinal
    group by windows.window_from_ordinal, noted.grant_id, noted.refund_date
),

int_credit_refunds__costs as (
    select
        units.line_id,
        units.grant_id,
        units.refund_date,
        cast(windows.window_from_ordinal as integer) as known_from_ordinal,
        cast(windows.window_to_ordinal as integer) as known_to_ordinal,
        units.refunded_at,
        units.entity_id,
        units.contract_id,
        units.currency,
        contracts.minor_unit_exponent,
        units.refunded_units,
        cast(coalesce(noted_days.amount, 0) as decimal(38, 18)) as noted_amount,
        cast(units.paid_amount + coalesce(noted_days.amount, 0) as decimal(38, 18)) as refunded_amount
    from windows
    inner join units
        on units.line_id = windows.line_id
        and units.known_from_ordinal <= windows.window_from_ordinal
        and units.known_to_ordinal > windows.window_from_ordinal
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = units.contract_id
    left join noted_days
        on noted_days.grant_id = units.grant_id
        and noted_days.refund_date = units.refund_date
        and noted_days.window_from_ordinal = windows.window_from_ordinal
)

select * from int_credit_refunds__costs

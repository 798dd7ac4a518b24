-- One row per book, lot and posting period: what was granted, drawn, lapsed and paid back, in units and in money.
with

moves as (
    select
        book,
        grant_id,
        period_ordinal,
        units as granted_units,
        amount as granted_amount,
        cast(0 as decimal(38, 18)) as drawn_units,
        cast(0 as decimal(38, 18)) as drawn_amount,
        cast(0 as decimal(38, 18)) as breakage_amount,
        cast(0 as decimal(38, 18)) as expired_units,
        cast(0 as decimal(38, 18)) as expired_amount,
        refunded_units,
        refunded_amount,
        blended_amount
    from {{ ref('int_lot_movements__granted') }}
    union all
    select
        book,
        grant_id,
        posting_ordinal as period_ordinal,
        cast(0 as decimal(38, 9)) as granted_units,
        cast(0 as decimal(38, 18)) as granted_amount,
        case taken_by when 'draw' then units else 0 end as drawn_units,
        case taken_by when 'draw' then amount else 0 end as drawn_amount,
        case when taken_by in ('breakage', 'remote') then amount else 0 end as breakage_amount,
        case when taken_by in ('expiry', 'void') then units else 0 end as expired_units,
        case when taken_by in ('expiry', 'void') then amount else 0 end as expired_amount,
        cast(0 as decimal(38, 9)) as refunded_units,
        cast(0 as decimal(38, 18)) as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from {{ ref('fct_credit_drawdowns') }}
    where grant_id in (select grant_id from {{ ref('int_lot_movements__granted') }})
),

int_lot_movements as (
    select
        book,
        grant_id,
        period_ordinal,
        sum(granted_units) as granted_units,
        sum(granted_amount) as granted_amount,
        sum(drawn_units) as drawn_units,
        sum(drawn_amount) as drawn_amount,
        sum(breakage_amount) as breakage_amount,
        sum(expired_units) as expired_units,
        sum(expired_amount) as expired_amount,
        sum(refunded_units) as refunded_units,
        sum(refunded_amount) as refunded_amount,
        sum(blended_amount) as blended_amount
    from moves
    group by book, grant_id, period_ordinal
)

select * from int_lot_movements

{{ config(materialized='view') }} {#- one reader, which adds what the lots are -#}
-- One row per book, lot and posting period: what was granted, drawn, lapsed and paid back, in units and in money.
with

moves as (
    select
        book,
        grant_id,
        period_ordinal,
        units as granted_units,
        amount as granted_amount,
        refunded_units,
        refunded_amount,
        blended_amount
    from {{ ref('int_lot_movements__granted') }}

    union all by name

    select
        book,
        grant_id,
        posting_ordinal as period_ordinal,
        case when taken_by = 'draw' then units end as drawn_units,
        case when taken_by = 'draw' then amount end as drawn_amount,
        case when taken_by in ('breakage', 'remote') then amount end as breakage_amount,
        case when taken_by in ('expiry', 'void', 'forfeit') then units end as expired_units,
        case when taken_by in ('expiry', 'void') then amount end as expired_amount,
        -- what goes to another lot or, given up with a change of terms, to the remaining fees is taken; what comes from a lot is taken below zero
        case when taken_by in ('rollover', 'transfer') then -units end as rolled_units,
        case when taken_by in ('rollover', 'transfer', 'forfeit') then -amount end as rolled_amount
    from {{ ref('fct_credit_drawdowns') }}
    where grant_id in (select grant_id from {{ ref('int_lot_movements__granted') }})
),

int_lot_movements as (
    select
        book,
        grant_id,
        period_ordinal,
        {%- for move in ['granted_units', 'granted_amount', 'drawn_units', 'drawn_amount', 'breakage_amount', 'expired_units', 'expired_amount', 'refunded_units', 'refunded_amount', 'blended_amount', 'rolled_units', 'rolled_amount'] %}
            coalesce(sum({{ move }}), 0) as {{ move }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from moves
    group by book, grant_id, period_ordinal
)

select * from int_lot_movements

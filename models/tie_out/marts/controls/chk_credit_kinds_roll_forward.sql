-- One row per book, entity, period and kind of grant whose roll-forward does not foot, or whose closing balance is not that of its lots (I14).
with

lots as (
    select
        book,
        entity_id,
        grant_kind,
        unit_code,
        currency,
        period_ordinal,
        sum(closing_units) as closing_units,
        sum(closing_amount) as closing_amount
    from {{ ref('fct_prepaid_rollforward') }}
    group by 1, 2, 3, 4, 5, 6
),

-- Opening is what the period before closed with, so that a break shows once.
footed as (
    select
        kinds.book,
        kinds.entity_id,
        kinds.period_id,
        kinds.grant_kind || ' ' || kinds.unit_code || ' ' || kinds.currency as subject,
        kinds.opening_units + kinds.granted_units + kinds.rolled_units - kinds.drawn_units - kinds.expired_units - kinds.refunded_units as footed_units,
        kinds.opening_amount + kinds.granted_amount + kinds.rolled_amount - kinds.drawn_amount - kinds.breakage_amount - kinds.expired_amount - kinds.refunded_amount + kinds.blended_amount as footed_amount,
        lots.closing_units,
        lots.closing_amount
    from {{ ref('fct_prepaid_rollforward_by_kind') }} as kinds
    full outer join lots
        on lots.book = kinds.book
        and lots.entity_id = kinds.entity_id
        and lots.grant_kind = kinds.grant_kind
        and lots.unit_code = kinds.unit_code
        and lots.currency = kinds.currency
        and lots.period_ordinal = kinds.period_ordinal
),

breaks as (
    select
        book,
        entity_id,
        period_id,
        subject || ' units' as subject,
        footed_units as expected_amount,
        closing_units as actual_amount
    from footed
    where footed_units is distinct from closing_units
    union all
    select
        book,
        entity_id,
        period_id,
        subject,
        footed_amount as expected_amount,
        closing_amount as actual_amount
    from footed
    where footed_amount is distinct from closing_amount
),

chk_credit_kinds_roll_forward as (
    select
        'chk_credit_kinds_roll_forward' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from breaks
)

select * from chk_credit_kinds_roll_forward

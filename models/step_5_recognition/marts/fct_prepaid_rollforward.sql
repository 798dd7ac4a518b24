-- One row per book, lot and period it stands in: opening + granted + rolled - drawn - expired - refunded = closing, in units and in money; in money also - breakage earned with what was drawn, and + what a change of terms blended with other lots.
--
-- Rolled is what came from other lots, less what went to them.
with

by_period as (
    select * from {{ ref('int_lot_movements') }}
),

-- Dense: a lot stands in every period from its first move to the last period begun.
grid as (
    select
        firsts.book,
        firsts.grant_id,
        periods.entity_id,
        periods.period_id,
        periods.period_ordinal
    from (
        select
            book,
            grant_id,
            min(period_ordinal) as first_ordinal
        from by_period
        group by book, grant_id
    ) as firsts
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = firsts.grant_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = grants.entity_id
        and periods.period_ordinal >= firsts.first_ordinal
        and periods.has_begun
),

in_time as (
    select
        grid.*,
        coalesce(by_period.granted_units, 0) as granted_units,
        coalesce(by_period.drawn_units, 0) as drawn_units,
        coalesce(by_period.expired_units, 0) as expired_units,
        coalesce(by_period.refunded_units, 0) as refunded_units,
        coalesce(by_period.rolled_units, 0) as rolled_units,
        coalesce(by_period.granted_amount, 0) as granted_amount,
        coalesce(by_period.drawn_amount, 0) as drawn_amount,
        coalesce(by_period.breakage_amount, 0) as breakage_amount,
        coalesce(by_period.expired_amount, 0) as expired_amount,
        coalesce(by_period.refunded_amount, 0) as refunded_amount,
        coalesce(by_period.blended_amount, 0) as blended_amount,
        coalesce(by_period.rolled_amount, 0) as rolled_amount,
        sum(coalesce(by_period.granted_units + by_period.rolled_units - by_period.drawn_units - by_period.expired_units - by_period.refunded_units, 0)) over in_order as closing_units,
        sum(coalesce(by_period.granted_amount + by_period.rolled_amount - by_period.drawn_amount - by_period.breakage_amount - by_period.expired_amount - by_period.refunded_amount + by_period.blended_amount, 0)) over in_order as closing_amount
    from grid
    left join by_period
        on by_period.book = grid.book
        and by_period.grant_id = grid.grant_id
        and by_period.period_ordinal = grid.period_ordinal
    window in_order as (partition by grid.book, grid.grant_id order by grid.period_ordinal)
),

fct_prepaid_rollforward as (
    select
        in_time.book,
        in_time.entity_id,
        grants.contract_id,
        lines.obligation_id,
        in_time.grant_id,
        grants.grant_kind,
        in_time.period_id,
        in_time.period_ordinal,
        grants.unit_code,
        cast(in_time.closing_units - in_time.granted_units - in_time.rolled_units + in_time.drawn_units + in_time.expired_units + in_time.refunded_units as decimal(38, 18)) as opening_units,
        cast(in_time.granted_units as decimal(38, 18)) as granted_units,
        cast(in_time.drawn_units as decimal(38, 18)) as drawn_units,
        cast(in_time.expired_units as decimal(38, 18)) as expired_units,
        cast(in_time.refunded_units as decimal(38, 18)) as refunded_units,
        cast(in_time.rolled_units as decimal(38, 18)) as rolled_units,
        cast(in_time.closing_units as decimal(38, 18)) as closing_units,
        grants.currency,
        cast(in_time.closing_amount - in_time.granted_amount - in_time.rolled_amount + in_time.drawn_amount + in_time.breakage_amount + in_time.expired_amount + in_time.refunded_amount - in_time.blended_amount as decimal(38, 18)) as opening_amount,
        cast(in_time.granted_amount as decimal(38, 18)) as granted_amount,
        cast(in_time.drawn_amount as decimal(38, 18)) as drawn_amount,
        cast(in_time.breakage_amount as decimal(38, 18)) as breakage_amount,
        cast(in_time.expired_amount as decimal(38, 18)) as expired_amount,
        cast(in_time.refunded_amount as decimal(38, 18)) as refunded_amount,
        cast(in_time.blended_amount as decimal(38, 18)) as blended_amount,
        cast(in_time.rolled_amount as decimal(38, 18)) as rolled_amount,
        cast(in_time.closing_amount as decimal(38, 18)) as closing_amount
    from in_time
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = in_time.grant_id
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    -- of a line that no pattern recognises nothing is posted, and an exception says so
    where lines.line_id is not null or grants.is_free
)

select * from fct_prepaid_rollforward

-- One row per book, lot and period it stands in: opening + granted - drawn - expired - refunded = closing, in units and in money; in money also - breakage earned with what was drawn, and + what a change of terms blended with other lots.
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

rolled as (
    select
        grid.*,
        coalesce(by_period.granted_units, 0) as granted_units,
        coalesce(by_period.drawn_units, 0) as drawn_units,
        coalesce(by_period.expired_units, 0) as expired_units,
        coalesce(by_period.refunded_units, 0) as refunded_units,
        coalesce(by_period.granted_amount, 0) as granted_amount,
        coalesce(by_period.drawn_amount, 0) as drawn_amount,
        coalesce(by_period.breakage_amount, 0) as breakage_amount,
        coalesce(by_period.expired_amount, 0) as expired_amount,
        coalesce(by_period.refunded_amount, 0) as refunded_amount,
        coalesce(by_period.blended_amount, 0) as blended_amount,
        sum(coalesce(by_period.granted_units - by_period.drawn_units - by_period.expired_units - by_period.refunded_units, 0)) over in_time as closing_units,
        sum(coalesce(by_period.granted_amount - by_period.drawn_amount - by_period.breakage_amount - by_period.expired_amount - by_period.refunded_amount + by_period.blended_amount, 0)) over in_time as closing_amount
    from grid
    left join by_period
        on by_period.book = grid.book
        and by_period.grant_id = grid.grant_id
        and by_period.period_ordinal = grid.period_ordinal
    window in_time as (partition by grid.book, grid.grant_id order by grid.period_ordinal)
),

fct_prepaid_rollforward as (
    select
        rolled.book,
        rolled.entity_id,
        grants.contract_id,
        lines.obligation_id,
        rolled.grant_id,
        grants.grant_kind,
        rolled.period_id,
        rolled.period_ordinal,
        grants.unit_code,
        cast(rolled.closing_units - rolled.granted_units + rolled.drawn_units + rolled.expired_units + rolled.refunded_units as decimal(38, 18)) as opening_units,
        cast(rolled.granted_units as decimal(38, 18)) as granted_units,
        cast(rolled.drawn_units as decimal(38, 18)) as drawn_units,
        cast(rolled.expired_units as decimal(38, 18)) as expired_units,
        cast(rolled.refunded_units as decimal(38, 18)) as refunded_units,
        cast(rolled.closing_units as decimal(38, 18)) as closing_units,
        grants.currency,
        cast(rolled.closing_amount - rolled.granted_amount + rolled.drawn_amount + rolled.breakage_amount + rolled.expired_amount + rolled.refunded_amount - rolled.blended_amount as decimal(38, 18)) as opening_amount,
        cast(rolled.granted_amount as decimal(38, 18)) as granted_amount,
        cast(rolled.drawn_amount as decimal(38, 18)) as drawn_amount,
        cast(rolled.breakage_amount as decimal(38, 18)) as breakage_amount,
        cast(rolled.expired_amount as decimal(38, 18)) as expired_amount,
        cast(rolled.refunded_amount as decimal(38, 18)) as refunded_amount,
        cast(rolled.blended_amount as decimal(38, 18)) as blended_amount,
        cast(rolled.closing_amount as decimal(38, 18)) as closing_amount
    from rolled
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = rolled.grant_id
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    -- of a line that no pattern recognises nothing is posted, and an exception says so
    where lines.line_id is not null or grants.consideration = 0
)

select * from fct_prepaid_rollforward

-- One row per book, outcome obligation and period whose reserve is below zero, or is not what the ledger holds back from revenue (I11).
with

reserves as (
    select
        books.book,
        reserves.*
    from {{ ref('fct_outcome_reserves') }} as reserves
    inner join {{ ref('books') }} as books on books.book_scope = reserves.book_scope
),

held_back as (
    select
        reserves.book,
        reserves.obligation_id,
        reserves.period_ordinal,
        -sum(waterfall.amount) as amount
    from reserves
    inner join {{ ref('fct_revenue_waterfall') }} as waterfall
        on waterfall.book = reserves.book
        and waterfall.obligation_id = reserves.obligation_id
        and waterfall.component = 'reserve'
        and waterfall.posting_ordinal <= reserves.period_ordinal
    group by 1, 2, 3
),

chk_outcome_reserves_roll_forward as (
    select
        'chk_outcome_reserves_roll_forward' as control_code,
        reserves.book,
        reserves.entity_id,
        periods.period_id,
        reserves.obligation_id as subject,
        cast(greatest(reserves.closing_amount, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(held_back.amount, 0) as decimal(38, 18)) as actual_amount
    from reserves
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = reserves.entity_id
        and periods.period_ordinal = reserves.period_ordinal
    left join held_back
        on held_back.book = reserves.book
        and held_back.obligation_id = reserves.obligation_id
        and held_back.period_ordinal = reserves.period_ordinal
    where
        -- dust of a few 10^-18 per row may lie between a product of totals and a sum of products
        abs(reserves.closing_amount - coalesce(held_back.amount, 0)) > 0.000000000001
        or reserves.closing_amount < -0.000000000001
)

select * from chk_outcome_reserves_roll_forward

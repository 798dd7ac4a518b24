-- One row per book and obligation whose postings to date are not the rounded cumulative of the two-date ledger (I2, I27).
with

earned as (
    select
        waterfall.book,
        waterfall.entity_id,
        waterfall.obligation_id,
        sum(waterfall.amount) as amount
    from {{ ref('fct_revenue_waterfall') }} as waterfall
    inner join {{ ref('dim_accounting_periods') }} as posting
        on posting.entity_id = waterfall.entity_id
        and posting.period_ordinal = waterfall.posting_ordinal
        and posting.has_begun
    where not waterfall.is_after_as_of
    group by waterfall.book, waterfall.entity_id, waterfall.obligation_id
),

posted as (
    select
        book,
        entity_id,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_recognised') }}
    group by book, entity_id, obligation_id
),

compared as (
    select
        coalesce(earned.book, posted.book) as book,
        coalesce(earned.entity_id, posted.entity_id) as entity_id,
        coalesce(earned.obligation_id, posted.obligation_id) as obligation_id,
        coalesce(earned.amount, 0) as earned_amount,
        coalesce(posted.amount, 0) as posted_amount
    from earned
    full outer join posted
        on posted.book = earned.book
        and posted.obligation_id = earned.obligation_id
),

chk_posted_is_rounded_earned as (
    select
        'chk_posted_is_rounded_earned' as control_code,
        compared.book,
        compared.entity_id,
        cast(null as varchar) as period_id,
        compared.obligation_id as subject,
        cast({{ round_to_minor_unit('compared.earned_amount', 'obligations.minor_unit_exponent') }} as decimal(38, 18)) as expected_amount,
        cast(compared.posted_amount as decimal(38, 18)) as actual_amount
    from compared
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = compared.obligation_id
    where {{ round_to_minor_unit('compared.earned_amount', 'obligations.minor_unit_exponent') }} is distinct from compared.posted_amount
)

select * from chk_posted_is_rounded_earned

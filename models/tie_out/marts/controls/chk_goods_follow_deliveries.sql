-- One row per book and obligation at a point in time with revenue and no delivery, acceptance or return that stands (I21).
with

delivered as (
    select distinct lines.obligation_id
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = deliveries.line_id
    where deliveries.withdrawn_ordinal is null
),

earned as (
    select
        revenue.book,
        revenue.entity_id,
        revenue.obligation_id,
        sum(revenue.amount) as amount
    from {{ ref('fct_revenue_recognised') }} as revenue
    inner join {{ ref('dim_obligations') }} as obligations
        on obligations.obligation_id = revenue.obligation_id
        and obligations.pattern = 'point_in_time'
    group by revenue.book, revenue.entity_id, revenue.obligation_id
),

chk_goods_follow_deliveries as (
    select
        'chk_goods_follow_deliveries' as control_code,
        earned.book,
        earned.entity_id,
        cast(null as varchar) as period_id,
        earned.obligation_id as subject,
        cast(0 as decimal(38, 18)) as expected_amount,
        cast(earned.amount as decimal(38, 18)) as actual_amount
    from earned
    left join delivered on delivered.obligation_id = earned.obligation_id
    where
        earned.amount <> 0
        and delivered.obligation_id is null
)

select * from chk_goods_follow_deliveries

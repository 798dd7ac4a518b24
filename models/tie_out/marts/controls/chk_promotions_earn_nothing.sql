-- One row per free lot whose units were given a price, or whose use is told otherwise than it was drawn (I15).
with

grants as (
    select * from {{ ref('fct_credit_grants') }}
    where treatment = 'NONE'
),

drawn as (
    select
        grants.grant_id,
        grants.entity_id,
        sum(case when draws.taken_by = 'draw' then draws.units else 0 end) as units,
        sum(draws.amount) as amount
    from grants
    inner join {{ ref('fct_credit_draws') }} as draws on draws.grant_id = grants.grant_id
    group by grants.grant_id, grants.entity_id
),

told as (
    select
        grant_id,
        sum(units) as units
    from {{ ref('fct_promotional_use') }}
    group by grant_id
),

compared as (
    select
        entity_id,
        grant_id || ' amount' as subject,
        0 as expected_amount,
        amount as actual_amount
    from drawn

    union all

    select
        drawn.entity_id,
        drawn.grant_id || ' units' as subject,
        drawn.units as expected_amount,
        coalesce(told.units, 0) as actual_amount
    from drawn
    left join told on told.grant_id = drawn.grant_id
),

chk_promotions_earn_nothing as (
    select
        'chk_promotions_earn_nothing' as control_code,
        '*' as book,
        entity_id,
        cast(null as varchar) as period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from compared
    where expected_amount is distinct from actual_amount
)

select * from chk_promotions_earn_nothing

-- One row per entity, widest cohort, period in which lots began, age and period whose close knew it first: the units used (D11).
--
-- The triangle of any close is the sum of what it knew: known_ordinal up to that close, over ages up to each. Lots that
-- are withdrawn or extended later keep the cohort they began in.
with

lots as (
    select *
    from {{ ref('int_breakage__histories') }}
    qualify row_number() over (partition by grant_id order by known_from_ordinal desc) = 1
),

fct_breakage_triangle as (
    select
        lots.entity_id,
        lots.wide_cohort as cohort,
        cast(lots.begun_ordinal as integer) as begun_ordinal,
        cast(greatest(redemptions.service_ordinal - lots.begun_ordinal, 0) as integer) as age,
        redemptions.posting_ordinal as known_ordinal,
        count(distinct lots.grant_id) as lot_count,
        cast(sum(redemptions.units) as decimal(38, 18)) as used_units
    from lots
    inner join {{ ref('int_breakage__redemptions') }} as redemptions on redemptions.grant_id = lots.grant_id
    group by 1, 2, 3, 4, 5
    having sum(redemptions.units) <> 0
)

select * from fct_breakage_triangle

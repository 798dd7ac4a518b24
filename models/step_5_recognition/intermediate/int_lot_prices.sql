{{ config(materialized='view') }} {#- small tables under one name -#}
-- One row per lot of credits whose price the allocation or a credit note decides, set of books and revision: what that knowledge changed in it, and in that of a unit.
--
-- Credits that share the price of their plan have no other price; what was bought has this beside what was paid for it.
with

int_lot_prices as (
    select * from {{ ref('int_included_lots__prices') }}
    union all by name
    select * from {{ ref('int_shared_lots__prices') }}
    union all by name
    select * from {{ ref('int_credited_lots__prices') }}
)

select * from int_lot_prices

{{ config(materialized='view') }} {#- nearly all of it is int_waterfall as it stands -#}
-- One row per row of the two-date ledger, and one that takes back what an agent spent beyond its mandate.
with

int_waterfall__within_mandates as (
    select * from {{ ref('int_waterfall') }}

    union all by name

    select * replace (-amount as amount)
    from {{ ref('fct_spend_beyond_mandates') }}
)

select * from int_waterfall__within_mandates

{{ config(materialized='view') }} {#- the parts under the name that other rooms may read -#}
-- One row per version of a lot and part of it that ends at one time.
with

fct_credit_lot_parts as (
    select
        grant_id,
        version_number,
        part_number,
        lapse_kind,
        ends_at,
        lapse_ordinal,
        moves_to_grant_id,
        units
    from {{ ref('int_credit_lots__parts') }}
)

select * from fct_credit_lot_parts

-- One row per entity, cohort of lots, close and age: how much of lots that came so far was used at that age (D11).
with

fct_breakage_development as (
    select
        entity_id,
        cohort,
        close_ordinal as as_of_ordinal,
        age,
        exposed_units,
        used_units,
        use_share,
        factor as chain_ladder_factor
    from {{ ref('int_breakage__fitted') }}
    where age is not null
)

select * from fct_breakage_development

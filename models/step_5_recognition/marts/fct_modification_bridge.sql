-- One row per book, contract event that changed the terms of fees and obligation: from the price before to the price after, and to what remains, as last believed (D12, I28).
with

fct_modification_bridge as (
    select * exclude (known_from_ordinal, known_to_ordinal)
    from {{ ref('fct_modification_beliefs') }}
    where known_to_ordinal = 999999
)

select * from fct_modification_bridge

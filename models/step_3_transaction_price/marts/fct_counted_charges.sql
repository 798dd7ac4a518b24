{{ config(materialized='view') }} {#- two readers, each of which adds it up in its own way -#}
-- One row per set of books, obligation, kind of charge and change: the price of what was counted so far, usage and outcomes.
--
-- Of usage it is what is charged; of outcomes what the policy in force lets in: fees less what is expected back, or fees
-- that cannot be reversed any more (D17).
with

fct_counted_charges as (
    select
        'both' as book_scope,
        contract_id,
        obligation_id,
        'usage' as component,
        cast({{ int_div('revision', '10') }} as integer) as as_of_ordinal,
        amount
    from {{ ref('fct_rated_usage') }}

    union all

    select
        book_scope,
        contract_id,
        obligation_id,
        'outcomes' as component,
        cast({{ int_div('revision', '10') }} as integer) as as_of_ordinal,
        amount
    from {{ ref('fct_outcome_charges') }}
)

select * from fct_counted_charges

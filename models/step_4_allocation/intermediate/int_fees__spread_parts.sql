{{ config(materialized='view') }} {#- read once, by the model that shares the parts over the fees -#}
-- One row per part of the price that is spread over fees of a contract, and closes that believed so.
--
-- The fees of promises that are immaterial under ASC 606 are a part of the price of the others there.
with

int_fees__spread_parts as (
    select
        part_id,
        component,
        earned_as,
        book_scope,
        contract_id,
        line_id,
        product_id,
        from_date,
        to_date,
        amount,
        known_from_ordinal,
        known_to_ordinal,
        false as is_for_others
    from {{ ref('fct_price_parts') }}
    where spread_over = 'fees'

    union all

    select
        contract_id || ':immaterial' as part_id,
        'immaterial' as component,
        'fee' as earned_as,
        'asc606' as book_scope,
        contract_id,
        cast(null as varchar) as line_id,
        cast(null as varchar) as product_id,
        cast(null as date) as from_date,
        cast(null as date) as to_date,
        sum(allocated_amount) as amount,
        window_from_ordinal as known_from_ordinal,
        window_to_ordinal as known_to_ordinal,
        true as is_for_others
    from {{ ref('int_fees__beliefs') }}
    where is_immaterial
    group by contract_id, window_from_ordinal, window_to_ordinal
)

select * from int_fees__spread_parts

-- One row per part of the price beside stated fees and use, and closes that believed so: credit notes, credits given, amounts payable to the customer, what is variable, financing, payment in kind.
with

fct_price_parts as (
    {%- for parts in [ref('int_price_parts__credits'), ref('int_price_parts__given_credits'), ref('int_price_parts__overage'), ref('int_price_parts__forfeited')] %}
        select
            part_id,
            component,
            earned_as,
            book_scope,
            contract_id,
            entity_id,
            currency,
            spread_over,
            line_id,
            product_id,
            obligation_id,
            from_date,
            to_date,
            amount,
            known_from_ordinal,
            known_to_ordinal,
            arrived_family,
            replaced_family
        from {{ parts }}
        union all
    {%- endfor %}
    -- what buys something from the customer at a fair price is no part of this price; nor, yet, what nothing is sold for
    select
        part_id,
        component,
        case when choice = 'distinct_purchase' then 'distinct_purchase' else earned_as end as earned_as,
        book_scope,
        contract_id,
        entity_id,
        currency,
        case when choice = 'distinct_purchase' then 'nothing' else spread_over end as spread_over,
        line_id,
        product_id,
        obligation_id,
        from_date,
        to_date,
        case when choice = 'distinct_purchase' or spread_over = 'nothing' then 0 else amount end as amount,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family
    from {{ ref('int_price_parts__payable') }}
    union all
    select
        part_id,
        'noncash' as component,
        'fee' as earned_as,
        case when books_agree then 'both' else book end as book_scope,
        contract_id,
        entity_id,
        currency,
        spread_over,
        line_id,
        cast(null as varchar) as product_id,
        obligation_id,
        from_date,
        to_date,
        amount,
        known_from_ordinal,
        known_to_ordinal,
        {{ family('estimate') }} as arrived_family,
        {{ family('estimate') }} as replaced_family
    from {{ ref('int_price_parts__noncash') }}
    where
        amount <> 0
        and spread_over <> 'nothing'
        and (not books_agree or book = 'asc606')
    union all
    select
        variable_id as part_id,
        'variable' as component,
        earned_as,
        'both' as book_scope,
        contract_id,
        entity_id,
        currency,
        spread_over,
        target_line_id as line_id,
        target_product_id as product_id,
        obligation_id,
        from_date,
        to_date,
        cast(amount as decimal(38, 18)) as amount,
        known_from_ordinal,
        known_to_ordinal,
        {{ family('estimate') }} as arrived_family,
        {{ family('estimate') }} as replaced_family
    from {{ ref('fct_variable_consideration') }}
    where
        amount <> 0
        and spread_over <> 'nothing'
    union all
    select
        line_id as part_id,
        'financing' as component,
        'fee' as earned_as,
        'both' as book_scope,
        contract_id,
        entity_id,
        currency,
        'fees' as spread_over,
        line_id,
        cast(null as varchar) as product_id,
        cast(null as varchar) as obligation_id,
        cast(null as date) as from_date,
        cast(null as date) as to_date,
        price_amount - stated_amount as amount,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family
    from {{ ref('fct_financing') }}
    where price_amount <> stated_amount
)

select * from fct_price_parts

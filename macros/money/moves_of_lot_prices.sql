{#- What each revision changed in the price of lots and in that of a unit of them (ratio of with_ratio): the relation is one of arrivals_and_replacements. -#}
{% macro moves_of_lot_prices(relation, amount, book_scope='book_scope') -%}
    select
        grant_id,
        {{ book_scope }}{{ '' if book_scope == 'book_scope' else ' as book_scope' }},
        cast(revision as integer) as revision,
        cast(sum(direction * ratio_whole) as decimal(38, 0)) as ratio_whole,
        cast(sum(direction * ratio_rest) as decimal(38, 0)) as ratio_rest,
        cast(sum(direction * {{ amount }}) as decimal(38, 18)) as amount
    from {{ relation }}
    group by 1, 2, 3
    having sum(direction * ratio_whole) <> 0 or sum(direction * ratio_rest) <> 0 or sum(direction * {{ amount }}) <> 0
{%- endmacro %}

{#- True where a price is one rate for every unit: what it charges never depends on how much was used before. -#}
{% macro is_plain_rate(price) -%}
    (
        {{ price }}.model in ('unit', 'percent', 'as_rated')
        and {{ price }}.tier_to is null
        and coalesce({{ price }}.tier_from, 0) = 0
        and coalesce({{ price }}.flat_amount, 0) = 0
        and coalesce({{ price }}.included_quantity, 0) = 0
        and coalesce({{ price }}.minimum_amount, 0) = 0
        and {{ price }}.maximum_amount is null
    )
{%- endmacro %}

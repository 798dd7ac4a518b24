{#- What the units of a line cost at a rate of the book: rate x quantity x time, per the quantity that the rate is for. -#}
{% macro price_of_units(rate) -%}
    {{ from_billionths(int_div(
        billionths(rate) ~ ' * ' ~ billionths('quantity') ~ ' * time_part',
        billionths('rate_per_quantity') ~ ' * time_whole',
    )) }}
{%- endmacro %}

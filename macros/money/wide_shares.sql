{#-
    share_of for weights that are amounts themselves: whole units and their fraction are shared apart,
    so that a billion in weights of ten to the 15th does not overflow. Exact to the 18th decimal.
-#}
{% macro wide_share_of(amount, part, whole) -%}
{%- set units = "cast(" ~ whole_part(amount) ~ " as " ~ wide_integer() ~ ")" -%}
{%- set rest = "cast(((" ~ amount ~ ") - " ~ whole_part(amount) ~ ") * cast(1000000000000000000 as decimal(19, 0)) as " ~ wide_integer() ~ ")" -%}
    {{ from_attos(
        int_div(units ~ " * (" ~ part ~ ")", whole) ~ " * 1000000000000000000"
        ~ " + " ~ int_div("(" ~ units ~ " * (" ~ part ~ ")) % (" ~ whole ~ ") * 1000000000000000000 + " ~ rest ~ " * (" ~ part ~ ")", whole)
    ) }}
{%- endmacro %}

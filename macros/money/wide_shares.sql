{#-
    share_of for weights that are amounts themselves: whole units and their fraction are shared apart, and the fraction nine
    digits at a time, so that weights of 28 digits (10^19 units in billionths) do not overflow. Exact to the 18th decimal.
-#}
{% macro wide_share_of(amount, part, whole) -%}
{%- set units = "cast(" ~ whole_part(amount) ~ " as " ~ wide_integer() ~ ") * (" ~ part ~ ")" -%}
{%- set fraction = "((" ~ amount ~ ") - " ~ whole_part(amount) ~ ")" -%}
{%- set rest = "cast(" ~ fraction ~ " * cast(1000000000000000000 as decimal(19, 0)) as " ~ wide_integer() ~ ")" -%}
{%- set digits = "((" ~ units ~ ") % (" ~ whole ~ ") * 1000000000 + " ~ int_div(rest, '1000000000') ~ " * (" ~ part ~ "))" -%}
{%- set more_digits = "(" ~ digits ~ " % (" ~ whole ~ ") * 1000000000 + " ~ rest ~ " % 1000000000 * (" ~ part ~ "))" -%}
    {{ from_attos(
        int_div(units, whole) ~ " * 1000000000000000000 + " ~ int_div(digits, whole) ~ " * 1000000000 + " ~ int_div(more_digits, whole)
    ) }}
{%- endmacro %}

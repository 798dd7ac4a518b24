{#-
    Exact arithmetic happens in the widest integer of the engine. DuckDB divides
    DECIMAL as DOUBLE, Spark's `div` is 64 bit and its abs() rounds past 34 digits,
    so no model divides money itself: it calls these.
-#}

{% macro wide_integer() -%}
    {{ return(adapter.dispatch('wide_integer', 'inference_revenue')()) }}
{%- endmacro %}
{% macro default__wide_integer() -%} hugeint {%- endmacro %}
{% macro spark__wide_integer() -%} decimal(38, 0) {%- endmacro %}

{#- Integer quotient, truncated toward zero, so that a negative delta mirrors its twin. -#}
{% macro int_div(numerator, denominator) -%}
    {{ return(adapter.dispatch('int_div', 'inference_revenue')(numerator, denominator)) }}
{%- endmacro %}
{% macro default__int_div(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}
{% macro spark__int_div(numerator, denominator) -%}
    cast((({{ numerator }}) - ({{ numerator }}) % ({{ denominator }})) / ({{ denominator }}) as decimal(38, 0))
{%- endmacro %}

{#- The whole part of a decimal, toward zero; Spark's trunc() is for dates only. -#}
{% macro whole_part(number) -%}
    {{ return(adapter.dispatch('whole_part', 'inference_revenue')(number)) }}
{%- endmacro %}
{% macro default__whole_part(number) -%} trunc({{ number }}) {%- endmacro %}
{% macro spark__whole_part(number) -%} (({{ number }}) - ({{ number }}) % 1) {%- endmacro %}

{#- A decimal with at most 9 places as a whole number of billionths. DuckDB multiplies two decimals of up to 18 digits in 18: hence a factor of 19. -#}
{% macro billionths(amount) -%}
    cast(({{ amount }}) * cast(1000000000 as decimal(19, 0)) as {{ wide_integer() }})
{%- endmacro %}

{#- A decimal with at most 18 places as a whole number of 10^-18ths; whole and fractional part apart, so that neither overflows. -#}
{% macro attos(amount) -%}
    cast({{ whole_part(amount) }} as {{ wide_integer() }}) * 1000000000000000000
    + cast((({{ amount }}) - {{ whole_part(amount) }}) * cast(1000000000000000000 as decimal(19, 0)) as {{ wide_integer() }})
{%- endmacro %}

{#- A whole number of 10^-18 back as a decimal. -#}
{% macro from_attos(attos) -%}
    cast(cast({{ attos }} as decimal(38, 0)) * cast(0.000000000000000001 as decimal(18, 18)) as decimal(38, 18))
{%- endmacro %}

{#- A decimal as a whole number of millionths, what is finer cut off. -#}
{% macro millionths(amount) -%}
    cast({{ whole_part('(' ~ amount ~ ') * cast(1000000 as decimal(19, 0))') }} as {{ wide_integer() }})
{%- endmacro %}

{#-
    quantity x price, exact to the 18th decimal. The price is the pair that fct_usage_rates holds:
    whole 10^-18ths per unit and the rest of that division. The whole and the fractional part of
    the quantity are multiplied apart, so that neither trillions of tokens nor nine decimals overflow.
-#}
{% macro amount_at_rate(quantity, rate_whole, rate_rest) -%}
    {{ from_attos(
        "cast(" ~ whole_part(quantity) ~ " as " ~ wide_integer() ~ ") * cast(" ~ rate_whole ~ " as " ~ wide_integer() ~ ") + "
        ~ int_div("cast(" ~ whole_part(quantity) ~ " as " ~ wide_integer() ~ ") * cast(" ~ rate_rest ~ " as " ~ wide_integer() ~ ")", "1000000000000000000")
        ~ " + " ~ int_div(billionths(quantity ~ " - " ~ whole_part(quantity)) ~ " * cast(" ~ rate_whole ~ " as " ~ wide_integer() ~ ")", "1000000000")
    ) }}
{%- endmacro %}

{#-
    Units of a lot x the value of one, exact to the 18th decimal: the pair is that of amount_at_rate, the
    units have 18 decimals. All units of the lot are its consideration, so the last unit takes the rest.
-#}
{% macro value_of_units(units, lot) -%}
{%- set whole = "cast(" ~ whole_part(units) ~ " as " ~ wide_integer() ~ ")" -%}
{%- set attos = "cast((" ~ units ~ " - " ~ whole_part(units) ~ ") * cast(1000000000000000000 as decimal(19, 0)) as " ~ wide_integer() ~ ")" -%}
{%- set value_whole = "cast(" ~ lot ~ ".unit_value_whole as " ~ wide_integer() ~ ")" -%}
{%- set value_rest = "cast(" ~ lot ~ ".unit_value_rest as " ~ wide_integer() ~ ")" -%}
    case
        when {{ units }} >= {{ lot }}.units then cast({{ lot }}.consideration as decimal(38, 18))
        else {{ from_attos(
            whole ~ " * " ~ value_whole
            ~ " + " ~ int_div(whole ~ " * " ~ value_rest, "1000000000000000000")
            ~ " + " ~ int_div(int_div(attos, "1000000000") ~ " * " ~ value_whole, "1000000000")
            ~ " + " ~ int_div(attos ~ " % 1000000000 * " ~ value_whole, "1000000000000000000")
        ) }}
    end
{%- endmacro %}

{#- amount x part / whole, exact to the 18th decimal; part and whole are whole numbers of up to nine digits, such as days. Cumulative shares differenced add up to the amount. -#}
{% macro share_of(amount, part, whole) -%}
    {{ from_attos(int_div("(" ~ attos(amount) ~ ") * (" ~ part ~ ")", whole)) }}
{%- endmacro %}

{#-
    Rounded to the currency's minor unit, half away from zero (applied to a
    cumulative, never to a part). The half-billionth absorbs the last digit of 18: 5.004999999999999999 is 5.005.
-#}
{% macro round_to_minor_unit(amount, exponent) -%}
    case {{ exponent }}
        when 0 then cast(cast({{ nudged(amount) }} as decimal(38, 0)) as decimal(38, 4))
        when 2 then cast(cast({{ nudged(amount) }} as decimal(38, 2)) as decimal(38, 4))
        when 3 then cast(cast({{ nudged(amount) }} as decimal(38, 3)) as decimal(38, 4))
        else cast({{ nudged(amount) }} as decimal(38, 4))
    end
{%- endmacro %}

{% macro nudged(amount) -%}
    ({{ amount }} + cast(sign({{ amount }}) as decimal(1, 0)) * cast(0.0000000000005 as decimal(18, 18)))
{%- endmacro %}

{#- Whole minor units of a currency from its major unit and back: 12.34 is 1234, 1234 is 12.3400. -#}
{% macro to_minor_units(amount, exponent) -%}
    cast({{ amount }} * case {{ exponent }} when 0 then 1 when 2 then 100 when 3 then 1000 else 10000 end as {{ wide_integer() }})
{%- endmacro %}

{% macro from_minor_units(minor, exponent) -%}
    cast(
        cast({{ minor }} as decimal(34, 0))
        * case {{ exponent }} when 0 then cast(1 as decimal(5, 4)) when 2 then cast(0.01 as decimal(5, 4)) when 3 then cast(0.001 as decimal(5, 4)) else cast(0.0001 as decimal(5, 4)) end
        as decimal(38, 4)
    )
{%- endmacro %}

{#- A whole number of billionths back as a decimal. -#}
{% macro from_billionths(number) -%}
    cast(cast({{ number }} as decimal(38, 0)) * cast(0.000000001 as decimal(9, 9)) as decimal(38, 9))
{%- endmacro %}

{#- What share of a whole a part is, to the 9th decimal and not rounded up; empty where there is nothing to share. -#}
{% macro billionths_of(part, whole) -%}
    {{ from_billionths(int_div("(" ~ billionths(part) ~ ") * 1000000000", "nullif(" ~ billionths(whole) ~ ", 0)")) }}
{%- endmacro %}

{#-
    amount x part / whole as share_of, for parts and wholes of up to 18 digits (measures in millionths, amounts in minor units):
    dividing the amount first keeps the product within the widest integer, and the rest makes it exact.
-#}
{% macro share_of_measure(amount, part, whole) -%}
{%- set attos = "(" ~ attos(amount) ~ ")" -%}
    {{ from_attos(
        int_div(attos, whole) ~ " * (" ~ part ~ ") + " ~ int_div("(" ~ attos ~ " % (" ~ whole ~ ")) * (" ~ part ~ ")", whole)
    ) }}
{%- endmacro %}

{#- What is left of a stated amount for an agent when the share of the other principal is gone; the whole for a principal. -#}
{% macro net_of_third_party(amount, share) -%}
    case
        when {{ share }} > 0 then {{ from_attos(billionths(amount) ~ " * (1000000000 - " ~ billionths(share) ~ ")") }}
        else cast({{ amount }} as decimal(38, 18))
    end
{%- endmacro %}

{#- A share (at most 9 decimals) of whole minor units, in whole minor units, half away from zero. -#}
{% macro rounded_share(minor, share) -%}
    {{ int_div(
        "cast(" ~ minor ~ " as " ~ wide_integer() ~ ") * " ~ billionths(share) ~ " * 2 + cast(sign(" ~ minor ~ ") as " ~ wide_integer() ~ ") * 1000000000",
        "2000000000"
    ) }}
{%- endmacro %}

{#- What of an amount for the days of a window belongs to those before a date; nothing where there is no date. -#}
{% macro share_by_date(amount, from_date, to_date, before_date) -%}
    {{ share_of(amount, days_between(from_date, 'greatest(' ~ from_date ~ ', least(' ~ to_date ~ ', coalesce(' ~ before_date ~ ', ' ~ from_date ~ ')))'), days_between(from_date, to_date)) }}
{%- endmacro %}

{#- rest x 10^18 / divisor, where the rest is less than the divisor: nine digits at a time, so that divisors of up to 28 digits do not overflow. -#}
{% macro eighteen_digits(rest, divisor) -%}
    ({{ int_div("(" ~ rest ~ ") * 1000000000", divisor) }} * 1000000000
    + {{ int_div("((" ~ rest ~ ") * 1000000000 % (" ~ divisor ~ ")) * 1000000000", divisor) }})
{%- endmacro %}

{#-
    What one of many costs, as the pair that amount_at_rate takes: whole 10^-18ths and the rest of that division, in
    10^-36ths. Returns the two expressions; dividend and divisor are whole numbers of one scale, of up to 28 digits.
-#}
{% macro two_parts(dividend, divisor) -%}
{%- set rest = "(" ~ dividend ~ ") % (" ~ divisor ~ ")" -%}
{%- set last_rest = "((" ~ rest ~ ") * 1000000000 % (" ~ divisor ~ ")) * 1000000000 % (" ~ divisor ~ ")" -%}
    {{ return([
        int_div(dividend, divisor) ~ " * 1000000000000000000 + " ~ eighteen_digits(rest, divisor),
        eighteen_digits(last_rest, divisor),
    ]) }}
{%- endmacro %}

{#-
    amount x weight / whole for decimal weights, exact to the 18th decimal for amounts of up to nine: the whole
    weight takes the whole amount, so that cumulative shares differenced add up to it.
-#}
{% macro share_by_weight(amount, weight, whole) -%}
{%- set per_unit = two_parts(billionths(amount), "nullif(" ~ billionths(whole) ~ ", 0)") -%}
    case
        when {{ weight }} = {{ whole }} then cast({{ amount }} as decimal(38, 18))
        else {{ amount_at_rate("cast(" ~ weight ~ " as decimal(38, 9))", per_unit[0], per_unit[1]) }}
    end
{%- endmacro %}

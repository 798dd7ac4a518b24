{#-
    A relation with the ratio of two of its amounts, exact to the 36th decimal: ratio_whole in 10^-18ths and the
    rest of that division, ratio_rest, in 10^-36ths. Long division, six digits at a time, so that nothing
    overflows below 10^14; 0 where there is nothing to divide by. What a digit leaves is subtracted: a second
    division would cost as much again.
-#}
{% macro with_ratio(relation, amount, whole) -%}
    {%- set divisor = 'nullif(ratio_divisor, 0)' -%}
    select
        * exclude (ratio_divisor, ratio_left, {% for digit in range(7) %}ratio_digits_{{ digit }}{{ ', ' if not loop.last }}{% endfor %}),
        coalesce(ratio_digits_0 * 1000000000000000000 + ratio_digits_1 * 1000000000000 + ratio_digits_2 * 1000000 + ratio_digits_3, 0) as ratio_whole,
        coalesce(ratio_digits_4 * 1000000000000 + ratio_digits_5 * 1000000 + ratio_digits_6, 0) as ratio_rest
    from (
    {%- for digit in range(6, 0, -1) %}
        select
            * replace (ratio_left * 1000000 - {{ int_div('ratio_left * 1000000', divisor) }} * {{ divisor }} as ratio_left),
            {{ int_div('ratio_left * 1000000', divisor) }} as ratio_digits_{{ digit }}
        from (
    {%- endfor %}
            select
                * replace (ratio_left - {{ int_div('ratio_left', divisor) }} * {{ divisor }} as ratio_left),
                {{ int_div('ratio_left', divisor) }} as ratio_digits_0
            from (
                select
                    *,
                    {{ attos(amount) }} as ratio_left,
                    {{ attos(whole) }} as ratio_divisor
                from {{ relation }}
            ) as stated_ratio
    {%- for digit in range(6, 0, -1) %}
        ) as ratio_to_digit_{{ digit }}
    {%- endfor %}
    ) as ratio_in_digits
{%- endmacro %}

{#- Integer quotient, rounded to the nearest, half away from zero. -#}
{% macro nearest_quotient(numerator, denominator) -%}
    {{ int_div("2 * (" ~ numerator ~ ") + case when (" ~ numerator ~ ") < 0 then -1 else 1 end * " ~ denominator, "2 * " ~ denominator) }}
{%- endmacro %}

{#-
    A weight of up to 18 decimals at the ratio that with_ratio found, exact to the 18th decimal. Over many rows a column of
    its own: within a case DuckDB computes what repeats in it as often as it is written.
-#}
{% macro share_at_ratio(weight) -%}
{#- stored ratios are decimals, and an integer times a decimal would be a floating-point number -#}
{%- set ratio_whole = "cast(ratio_whole as " ~ wide_integer() ~ ")" -%}
{%- set ratio_rest = "cast(ratio_rest as " ~ wide_integer() ~ ")" -%}
{%- set whole = "cast(" ~ whole_part(weight) ~ " as " ~ wide_integer() ~ ")" -%}
{%- set rest = "cast((" ~ weight ~ " - " ~ whole_part(weight) ~ ") * cast(1000000000000000000 as decimal(19, 0)) as " ~ wide_integer() ~ ")" -%}
{#- below 10^-18 in 10^-27ths, rounded once -#}
{%- set finer = int_div(whole ~ " * " ~ ratio_rest, "1000000000")
    ~ " + " ~ int_div(rest, "1000000000") ~ " * " ~ ratio_whole
    ~ " + " ~ int_div(rest ~ " % 1000000000 * " ~ ratio_whole, "1000000000") -%}
    {{ from_attos(whole ~ " * " ~ ratio_whole ~ " + " ~ nearest_quotient(finer, "1000000000")) }}
{%- endmacro %}

{#-
    What one row takes of a total that is spread by weights: the difference of two cumulative shares, so that
    the rows add up to it; the whole weight takes the whole total.
-#}
{% macro spread_at_ratio(total, weight, weight_to_here, whole_weight) -%}
    case
        when {{ weight_to_here }} = {{ whole_weight }} then cast({{ total }} as decimal(38, 18))
        else {{ share_at_ratio(weight_to_here) }}
    end
    - {{ share_at_ratio(weight_to_here ~ " - " ~ weight) }}
{%- endmacro %}

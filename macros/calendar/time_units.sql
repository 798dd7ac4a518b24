{#-
    How many units of time (DAY, WEEK, MONTH, QUARTER, YEAR) an interval or a window lasts, as a pair of
    whole numbers. Twelve months are 365 days where one is counted in the other; the months of a window
    are whole months and the rest as a share of the month that it begins.
-#}
{% macro unit_of_time(unit, scale) -%}
    case upper({{ unit }})
        {%- if scale == 'months' %}
        when 'MONTH' then 1
        when 'QUARTER' then 3
        when 'YEAR' then 12
        {%- else %}
        when 'DAY' then 1
        when 'WEEK' then 7
        {%- endif %}
    end
{%- endmacro %}

{#- Whole months from one date to another, counted from the first. -#}
{% macro whole_months(from_date, to_date) -%}
    {{ months_between(from_date, to_date) }}
    - case
        when cast({{ add_months('cast(' ~ from_date ~ ' as timestamp)', months_between(from_date, to_date)) }} as date) > {{ to_date }} then 1
        else 0
    end
{%- endmacro %}

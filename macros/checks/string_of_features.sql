{#- The names whose condition holds, as '|usage|tiered_price|'. -#}
{% macro string_of_features(features) -%}
    '|'
        {%- for name, condition in features %}
        || case when {{ condition }} then '{{ name }}|' else '' end
        {%- endfor %}
{%- endmacro %}

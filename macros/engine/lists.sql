{#- Distinct texts in order, joined by '|'. -#}
{% macro string_agg_ordered(expression) -%}
    {{ return(adapter.dispatch('string_agg_ordered', 'inference_revenue')(expression)) }}
{%- endmacro %}
{% macro default__string_agg_ordered(expression) -%}
    string_agg(distinct {{ expression }}, '|' order by {{ expression }})
{%- endmacro %}
{% macro spark__string_agg_ordered(expression) -%}
    array_join(sort_array(collect_set({{ expression }})), '|')
{%- endmacro %}

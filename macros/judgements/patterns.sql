{#- Patterns whose fees the schedule spreads by days; progress among them for as long as its measure is time. -#}
{% macro patterns_by_day() -%}
    ('ratable_by_day', 'service_by_day', 'licence_access', 'progress')
{%- endmacro %}

{#- Patterns whose fees pass by parts as deliveries report them. -#}
{% macro patterns_by_handover() -%}
    ('point_in_time', 'milestone')
{%- endmacro %}

{#- Patterns whose fees are always spread by days. -#}
{% macro patterns_spread_by_day() -%}
    ('ratable_by_day', 'service_by_day', 'licence_access', 'price_only')
{%- endmacro %}

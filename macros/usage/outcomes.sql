{#-
    What a contract line counts: its meter, or the outcomes of its product. Outcomes find their line
    and its price as use does, under a name that no meter has.
-#}
{% macro counted_by(line) -%}
    case when {{ line }}.line_kind = 'outcome' then {{ outcomes_of(line ~ '.product_id') }} else {{ line }}.meter_id end
{%- endmacro %}

{% macro outcomes_of(product_id) -%}
    'outcome:' || {{ product_id }}
{%- endmacro %}

{#- Kinds of contract lines that count what happens and price it by the unit. -#}
{% macro counting_line_kinds() -%}
    ('usage', 'overage', 'outcome')
{%- endmacro %}

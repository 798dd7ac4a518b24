{#-
    A revision carries both dates in one whole number: revision // 10 is the known period,
    revision % 10 the family of input that arrived. Families are in the order in which a
    difference is attributed; 9 is what was known by the close of its own period (NORMAL).
-#}
{% macro family(name) -%}
    {{ return({'modification': 0, 'contract': 1, 'usage': 2, 'void': 3, 'rating': 4, 'outcome': 5, 'estimate': 6, 'logic': 7, 'credit': 8, 'normal': 9}[name]) }}
{%- endmacro %}

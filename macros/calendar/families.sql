{#-
    A revision carries both dates in one whole number: revision // 10 is the known period,
    revision % 10 the family of input that arrived. Families are in the order in which a
    difference is attributed; 9 is what was known by the close of its own period (NORMAL).
-#}
{% macro family(name) -%}
    {{ return({'modification': 0, 'contract': 1, 'usage': 2, 'void': 3, 'rating': 4, 'outcome': 5, 'estimate': 6, 'logic': 7, 'credit': 8, 'normal': 9}[name]) }}
{%- endmacro %}

{#-
    A relation of what holds between two closes as what each revision changed in it: once as it arrives and once, with
    direction -1, as it is replaced. Its rows have known_from_ordinal, known_to_ordinal, arrived_family and replaced_family.
-#}
{% macro arrivals_and_replacements(relation) -%}
    select
        *,
        known_from_ordinal * 10 + arrived_family as revision,
        1 as direction
    from {{ relation }}
    union all
    select
        *,
        known_to_ordinal * 10 + replaced_family as revision,
        -1 as direction
    from {{ relation }}
    where known_to_ordinal < 999999
{%- endmacro %}

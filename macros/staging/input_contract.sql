{#- The source node of one input table: the YAML of the input contract is the only place that knows columns, types and rules. -#}
{% macro contract_table(table) %}
    {% for node in graph.sources.values() if node.source_name == 'raw' and node.name == table %}
        {{ return(node) }}
    {% endfor %}
    {% do exceptions.raise_compiler_error("The input contract has no table '" ~ table ~ "'.") %}
{% endmacro %}

{% macro column_rule(column, rule, default=none) %}
    {{ return(column.get('config', {}).get('meta', {}).get(rule, default)) }}
{% endmacro %}

{#-
    Types as landed: text from CSV and JSON lines, the file's own from Parquet. Text columns of
    Parquet are marked STORED TEXT: they hold no blanks to trim.
-#}
{% macro landed_types(table) %}
    {% set types = {} %}
    {% set is_view = adapter.get_relation(target.database, 'raw', table).type == 'view' %}
    {% for column in adapter.get_columns_in_relation(source('raw', table)) %}
        {% set type = column.dtype | upper %}
        {% do types.update({column.name: 'STORED TEXT' if is_view and is_text(type) else type}) %}
    {% endfor %}
    {{ return(types) }}
{% endmacro %}

{% macro is_text(landed_type) %}
    {{ return(landed_type is none or landed_type.startswith('VARCHAR') or landed_type in ('TEXT', 'STRING', 'STORED TEXT')) }}
{% endmacro %}

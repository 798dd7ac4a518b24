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

{#-
    What state.input_files says of the part of a file that a row came with. A look-up in a map of
    the table's parts, and not a join: it is evaluated only for rows that need it, and those are few.
-#}
{% macro of_input_file(column, table, file_id) -%}
    {{ return(adapter.dispatch('of_input_file', 'inference_revenue')(column, table, file_id)) }}
{%- endmacro %}
{% macro default__of_input_file(column, table, file_id) -%}
    (
        select map_from_entries(list(row(files.file_id, files.{{ column }})))
        from {{ source('state', 'input_files') }} as files
        where files.table_name = '{{ table }}' and files.{{ column }} is not null
    )[{{ file_id }}]
{%- endmacro %}
{% macro spark__of_input_file(column, table, file_id) -%}
    element_at((
        select map_from_entries(collect_list(struct(files.file_id, files.{{ column }})))
        from {{ source('state', 'input_files') }} as files
        where files.table_name = '{{ table }}' and files.{{ column }} is not null
    ), {{ file_id }})
{%- endmacro %}

{#- True where a text of parts joined by '|' holds the part; NULL holds none. -#}
{% macro has_part(joined, part) -%}
    {{ return(adapter.dispatch('has_part', 'inference_revenue')(joined, part)) }}
{%- endmacro %}
{% macro default__has_part(joined, part) -%} list_contains(string_split({{ joined }}, '|'), '{{ part }}') {%- endmacro %}
{% macro spark__has_part(joined, part) -%} array_contains(split({{ joined }}, '[|]'), '{{ part }}') {%- endmacro %}

{#- True where a text matches a pattern, in which Spark would read a backslash as an escape. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches', 'inference_revenue')(text, pattern)) }}
{%- endmacro %}
{% macro default__matches(text, pattern) -%} regexp_matches({{ text }}, '{{ pattern }}') {%- endmacro %}
{% macro spark__matches(text, pattern) -%} {{ text }} rlike '{{ pattern.replace('\\', '\\\\') }}' {%- endmacro %}

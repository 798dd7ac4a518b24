{#-
    Tables and views built in place, in one transaction each.

    The stock materializations build under another name, move the old relation away, rename and
    drop: eight statements a model, for readers who query while dbt builds. Here nobody does: a
    run builds a new work file and publishes it whole, so there is nothing to swap, and with a
    hundred and fifty models those statements would cost more than the accounting.
-#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ drop_relation_if_exists(existing_relation) }}
    {% call statement('main', language=model['language']) -%}
        {{- create_table_as(False, target_relation, compiled_code, model['language']) -}}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ drop_relation_if_exists(existing_relation) }}
    {% call statement('main') -%}
        {{- get_create_view_as_sql(target_relation, sql) -}}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Before the query of a CTE: worked out once and kept for all who read it. Spark decides for itself. -#}
{% macro kept() -%}
    {{ return(adapter.dispatch('kept', 'inference_revenue')()) }}
{%- endmacro %}
{% macro default__kept() %}{{ return('materialized ') }}{% endmacro %}
{% macro spark__kept() %}{{ return('') }}{% endmacro %}

{#- Before the query of a CTE: not kept, since it is wide and each reader takes few columns or rows of it. -#}
{% macro not_kept() -%}
    {{ return(adapter.dispatch('not_kept', 'inference_revenue')()) }}
{%- endmacro %}
{% macro default__not_kept() %}{{ return('not materialized ') }}{% endmacro %}
{% macro spark__not_kept() %}{{ return('') }}{% endmacro %}

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

{#-
    One schema of views per book (asc606.fct_journal_lines ...) over every mart that carries both,
    so that a reader who sums a column never sums two books.
-#}
{% macro create_book_views() %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% for book in ['asc606', 'ifrs15'] %}
            {% do run_query('create schema if not exists ' ~ book) %}
            {% for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == 'marts' and 'book' in node.columns and node.config.materialized in ('table', 'view') %}
                {% set mart = adapter.get_relation(node.database, node.schema, node.name) %}
                {% if mart is not none and not node.name.startswith('chk_') %}
                    {% set kept = node.columns.keys() | reject('equalto', 'book') | join(', ') %}
                    {% do run_query('create or replace view ' ~ book ~ '.' ~ node.name ~ ' as select ' ~ kept ~ ' from ' ~ mart ~ " where book = '" ~ book ~ "'") %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
{% endmacro %}

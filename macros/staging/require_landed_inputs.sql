{#- A developer who calls dbt before anything was landed gets one sentence, not forty catalog errors. -#}
{% macro require_landed_inputs() %}
    {% if execute and flags.WHICH in ('run', 'build') and adapter.get_relation(target.database, 'raw', 'customers') is none %}
        {% do exceptions.raise_compiler_error("No input has been landed in this work file. Run `python -m inference_revenue land` first (`make run` does it).") %}
    {% endif %}
{% endmacro %}

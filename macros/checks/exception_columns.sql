{#- The columns of an exception; those that a model does not tell are empty. -#}
{% macro exception_columns(untold) -%}
    {%- set columns = {
        'exception_code': 'varchar', 'severity': 'varchar', 'entity_id': 'varchar', 'period_id': 'varchar', 'contract_id': 'varchar',
        'subject': 'varchar', 'amount': 'decimal(38, 9)', 'currency': 'varchar', 'known_at': 'timestamp', 'message': 'varchar',
    } -%}
    {%- set told = [] -%}
    {%- for column, type in columns.items() -%}
        {%- do told.append('cast(null as ' ~ type ~ ') as ' ~ column if column in untold else column) -%}
    {%- endfor -%}
    {{ return(told | join(', ')) }}
{%- endmacro %}

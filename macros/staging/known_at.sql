{#-
    When the company's systems first knew a row, as its pinned recorded_at.

    What the row states holds, but for two kinds of rows that are known from their first load, which
    never moves: those that state nothing, and those that arrived (with a new file, or with rows added
    to one) after a close had been stored which theirs precedes - else a stored period would replay
    differently. Rows without recorded_at are remembered one by one; those of usage_events, which
    are too many, by the part of the file they came with.
-#}
{% macro known_at(table, stated) -%}
    case
            when {{ stated }} is null
                then coalesce(
                    {%- if table in staged_tables() %}
                    pins.known_at,
                    {%- endif %}
                    {{ of_input_file('first_loaded_at', table, 'landed._file_id') }}
                )
            when
                {{ stated }} <= (select max(late_until_at) from {{ source('state', 'input_files') }} where table_name = '{{ table }}')
                and {{ stated }} <= {{ of_input_file('late_until_at', table, 'landed._file_id') }}
                then {{ of_input_file('first_loaded_at', table, 'landed._file_id') }}
            else {{ stated }}
        end
{%- endmacro %}

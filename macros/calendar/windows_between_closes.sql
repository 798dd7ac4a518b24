{#
    CTEs that cut the time of each subject at every close at which something about it arrives or ends; the last is `windows`.

    key: column that names the subject. arrivals: relation -> its columns that hold such closes (period ordinals; 999999 is never).
    `windows` has key, window_from_ordinal and window_to_ordinal: within a window each close sees the same.
#}
{% macro windows_between_closes(key, arrivals) -%}
closes as (
    {%- for relation, columns in arrivals.items() -%}
    {%- set is_last_relation = loop.last %}
    {%- for column in columns %}
    select
        {{ key }},
        {{ column }} as known_ordinal
    from {{ relation }}
    {%- if not (is_last_relation and loop.last) %}
    union
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

windows as (
    select
        {{ key }},
        known_ordinal as window_from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by {{ key }} order by known_ordinal) as window_to_ordinal
    from closes
    where known_ordinal < 999999
)
{%- endmacro %}

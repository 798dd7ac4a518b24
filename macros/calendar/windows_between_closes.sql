{#
    CTEs that cut the time of each subject at every close at which something about it arrives or ends; the last is `windows`.

    key: columns that name the subject. arrivals: relation -> its columns that hold such closes (period ordinals; 999999 is never);
    or column -> family that brings it, where windows say what brought them.

    `windows` has key, window_from_ordinal and window_to_ordinal: within a window each close sees the same. With families also
    arrived_family and replaced_family: the later one where several things arrived in one close.
#}
{% macro windows_between_closes(key, arrivals) -%}
{%- set has_families = arrivals.values() | first is mapping -%}
closes as (
    {%- for relation, columns in arrivals.items() -%}
    {%- set is_last_relation = loop.last %}
    {%- for column in columns %}
    select
        {{ key }},
        {{ column }} as known_ordinal
        {%- if has_families %},
        {{ columns[column] }} as family
        {%- endif %}
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
        lead(known_ordinal, 1, 999999) over in_order as window_to_ordinal
        {%- if has_families %},
        max(family) as arrived_family,
        lead(max(family), 1, {{ family('rating') }}) over in_order as replaced_family
        {%- endif %}
    from closes
    where known_ordinal is not null
    {%- if has_families %}
    group by {{ key }}, known_ordinal
    {%- endif %}
    window in_order as (partition by {{ key }} order by known_ordinal)
    qualify known_ordinal < 999999
)
{%- endmacro %}

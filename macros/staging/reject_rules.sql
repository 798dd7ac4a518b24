{#- True where a header amount is finer than its currency's minor unit. -#}
{% macro not_whole_minor_units(columns) -%}
    exists (
        select 1 from {{ ref('currencies') }} as units
        where units.currency = typed.currency
            and (
                {%- for column in columns %}
                ({{ column }} * case units.minor_unit_exponent when 0 then 1 when 2 then 100 when 3 then 1000 else 10000 end) % 1 <> 0
                {%- if not loop.last %} or{% endif %}
                {%- endfor %}
            )
    )
{%- endmacro %}

{#- True where another period of the entity, already there under another id, covers a day of this one. -#}
{% macro overlaps_another_period() -%}
    exists (
        select 1 from typed as other
        where other.entity_id = typed.entity_id
            and other.period_id <> typed.period_id
            and other.book = typed.book
            and not coalesce(other.is_adjustment, false)
            and not coalesce(typed.is_adjustment, false)
            and other.period_start < typed.period_end
            and other.period_end > typed.period_start
            and (other.recorded_at, other.period_id) < (typed.recorded_at, typed.period_id)
    )
{%- endmacro %}

{#- The filled columns of a typed row as 'name=value; ...', with what did not cast as it was landed. -#}
{% macro row_content(table, alias=none) -%}
{%- set prefix = alias ~ '.' if alias else '' -%}
{%- if not execute -%} cast(null as varchar)
{%- else -%}
concat_ws('; '
    {%- for column in contract_table(table).columns.values() if column.name not in ('recorded_at', 'source_system') %},
    '{{ column.name }}=' || cast({{ prefix }}{{ column.name }} as varchar)
    {%- endfor %},
    'not read: ' || {{ prefix }}uncast_columns
)
{%- endif -%}
{%- endmacro %}

{#- The key of a row as text, its parts joined by '|'. -#}
{% macro row_key(table, alias=none) -%}
{%- set prefix = alias ~ '.' if alias else '' -%}
{%- if not execute -%} cast(null as varchar)
{%- else -%}
concat_ws('|'
    {%- for column in contract_table(table).meta.key if column != 'source_system' %},
    cast({{ prefix }}{{ column }} as varchar)
    {%- endfor %}
)
{%- endif -%}
{%- endmacro %}

{#- True where a topic lists its choices and this is none of them. -#}
{% macro unknown_choice() -%}
    exists (
        select 1 from {{ ref('policy_topics') }} as topics
        where topics.topic = typed.topic
            and topics.choices is not null
            and position('|' || typed.choice || '|' in '|' || topics.choices || '|') = 0
    )
{%- endmacro %}

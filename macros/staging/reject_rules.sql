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

{#- What a review calls its subject: the key of the row, or of the set that it belongs to (all scenarios of an estimate). -#}
{% macro subject_key(table, alias) -%}
{%- if not execute -%} cast(null as varchar)
{%- else -%}
{%- set rules = contract_table(table).meta -%}
concat_ws('|'
    {%- for column in rules.get('set_key', rules.key) if column != 'source_system' %},
    cast({{ alias }}.{{ column }} as varchar)
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

{#- True where it happened more than five minutes after it was recorded. A bare date leaves its zone open: days begin up to 14 hours before UTC's. -#}
{% macro happened_after_recorded() -%}
    (
        occurred_at > recorded_at + interval 5 minute
        and not (coalesce({{ has_part('bare_dates', 'occurred_at') }}, false) and occurred_at <= recorded_at + interval 14 hour)
    )
{%- endmacro %}

{#- An outcome whose window is stated to end before it was reached. Where only one of both is a bare date, what zones may do is left aside. -#}
{% macro window_ended_before_outcome() -%}
    (
        window_ends_at < occurred_at - case
            when coalesce({{ has_part('bare_dates', 'window_ends_at') }}, false) = coalesce({{ has_part('bare_dates', 'occurred_at') }}, false) then interval 0 hour
            else interval 14 hour
        end
    )
{%- endmacro %}

{#- True where an entry of the book of standalone selling prices is for a segment that the row belongs to. -#}
{% macro segment_applies(entry, row, columns) -%}
    case coalesce({{ entry }}.scope_type, 'global')
        when 'global' then true
        {%- for scope_type, column in columns.items() %}
        when '{{ scope_type }}' then {{ entry }}.scope_id = {{ row }}.{{ column }}
        {%- endfor %}
        {%- if 'jurisdiction' not in columns %}
        when 'jurisdiction' then {{ entry }}.scope_id in ({{ row }}.jurisdiction, substring({{ row }}.jurisdiction, 1, 2))
        {%- endif %}
        else false
    end
{%- endmacro %}

{#- How narrow the segment of an entry is: the smallest number wins, and of a country and its part the part. -#}
{% macro segment_nearness(entry) -%}
    case {{ entry }}.scope_type
        when 'contract_event' then 1
        when 'line' then 2
        when 'contract' then 3
        when 'customer' then 4
        when 'product' then 5
        when 'customer_class' then 6
        when 'jurisdiction' then case when length({{ entry }}.scope_id) > 2 then 7 else 8 end
        when 'entity' then 9
        else 10
    end
{%- endmacro %}

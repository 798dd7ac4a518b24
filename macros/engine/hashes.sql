{#- 64-bit hash, only to narrow down candidates: whatever it finds is compared exactly. -#}
{% macro hash_64(columns) -%}
    {{ return(adapter.dispatch('hash_64', 'inference_revenue')(columns)) }}
{%- endmacro %}
{% macro default__hash_64(columns) -%} hash({{ columns | join(', ') }}) {%- endmacro %}
{% macro spark__hash_64(columns) -%} xxhash64({{ columns | join(', ') }}) {%- endmacro %}

{#- Text of a row in which NULL, '' and embedded separators stay distinct, as md5. -#}
{% macro row_fingerprint(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast(length(cast({{ column }} as varchar)) as varchar) || ':' || cast({{ column }} as varchar), '-')
        {%- if not loop.last %} || ',' || {% endif %}
        {%- endfor %}
    )
{%- endmacro %}

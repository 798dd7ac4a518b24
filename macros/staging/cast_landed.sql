{#-
    One landed column as its declared type, NULL where the text is not of that type.
    Text is matched before it is cast: engines disagree on '1e3', '1_000' or 'epoch',
    and a cast to nine places would round a tenth one away in silence.
-#}
{% macro cast_landed(column, declared_type, landed_type) %}
    {%- if declared_type == 'varchar' -%}
        {{ text_value(column, landed_type) }}
    {%- elif declared_type.startswith('decimal') -%}
        {{ decimal_value(column, declared_type, landed_type) }}
    {%- elif declared_type == 'timestamp' -%}
        {%- if landed_type == 'TIMESTAMP' -%} {{ column }}
        {%- elif is_text(landed_type) -%}
        case
            when {{ matches('trim(' ~ column ~ ')', '^\\d{4}-\\d{2}-\\d{2}([ T]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)? ?(Z|UTC|[+-]\\d{2}(:?\\d{2})?)?)?$') }}
                then cast(try_cast(trim({{ column }}) as timestamptz) as timestamp)
        end
        {%- else -%} try_cast({{ column }} as timestamp)
        {%- endif -%}
    {%- elif declared_type == 'date' -%}
        {%- if is_text(landed_type) -%}
        case when {{ matches('trim(' ~ column ~ ')', '^\\d{4}-\\d{2}-\\d{2}$') }} then try_cast(trim({{ column }}) as date) end
        {%- else -%} try_cast({{ column }} as date)
        {%- endif -%}
    {%- elif declared_type == 'integer' -%}
        {%- if is_text(landed_type) -%}
        case when {{ matches('trim(' ~ column ~ ')', '^[+-]?\\d{1,9}$') }} then try_cast(trim({{ column }}) as integer) end
        {%- else -%} case when {{ column }} = floor({{ column }}) then try_cast({{ column }} as integer) end
        {%- endif -%}
    {%- elif declared_type == 'boolean' -%}
        {%- if landed_type == 'BOOLEAN' -%} {{ column }}
        {%- else -%}
        case lower(trim(cast({{ column }} as varchar)))
            when 'true' then true when 't' then true when '1' then true when 'yes' then true
            when 'false' then false when 'f' then false when '0' then false when 'no' then false
        end
        {%- endif -%}
    {%- else -%}
        {% do exceptions.raise_compiler_error("No cast for declared type " ~ declared_type) %}
    {%- endif -%}
{% endmacro %}

{#- An empty string says the same as NULL: nothing was given. -#}
{% macro text_value(column, landed_type) -%}
    {%- if landed_type == 'STORED TEXT' -%} nullif({{ column }}, '')
    {%- elif is_text(landed_type) -%} nullif(trim({{ column }}), '')
    {%- else -%} cast({{ column }} as varchar)
    {%- endif -%}
{%- endmacro %}

{% macro decimal_value(column, declared_type, landed_type) -%}
    {%- if is_text(landed_type) -%}
    case
        when {{ matches('trim(' ~ column ~ ')', '^[+-]?(\\d{1,29}(\\.\\d{0,9}0*)?|\\.\\d{1,9}0*)$') }}
            then try_cast(trim({{ column }}) as {{ declared_type }})
    end
    {%- elif is_whole(landed_type) -%}
    cast({{ column }} as {{ declared_type }})
    {%- elif landed_type.startswith('DECIMAL') and landed_type.split(',')[1].strip(' )') | int <= 9 -%}
    try_cast({{ column }} as {{ declared_type }})
    {%- else -%}
    case
        when try_cast({{ column }} as {{ declared_type }}) is not null
            and cast(try_cast({{ column }} as {{ declared_type }}) as {{ landed_type }}) = {{ column }}
            then try_cast({{ column }} as {{ declared_type }})
    end
    {%- endif -%}
{%- endmacro %}

{% macro is_whole(landed_type) -%}
    {{ return(landed_type in ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UINTEGER', 'USMALLINT', 'UTINYINT')) }}
{%- endmacro %}

{#- True where no value of the landed type can fail to become the declared one, so that nobody has to look. -#}
{% macro casts_always(declared_type, landed_type) -%}
    {{ return(landed_type == declared_type | upper or (declared_type.startswith('decimal') and is_whole(landed_type))) }}
{%- endmacro %}

{#- True where a timestamp column was given as a bare date: midnight then belongs to the elected zone. -#}
{% macro is_bare_date(column, landed_type) -%}
    {%- if landed_type == 'DATE' -%} {{ column }} is not null
    {%- elif is_text(landed_type) -%} length(trim({{ column }})) = 10
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

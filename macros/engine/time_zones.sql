{#- All stored instants are naive UTC. A bare date is midnight in the elected zone. -#}
{% macro utc_from_local(local_timestamp, zone) -%}
    {{ return(adapter.dispatch('utc_from_local', 'inference_revenue')(local_timestamp, zone)) }}
{%- endmacro %}
{% macro default__utc_from_local(local_timestamp, zone) -%}
    cast(timezone({{ zone }}, cast({{ local_timestamp }} as timestamp)) as timestamp)
{%- endmacro %}
{% macro spark__utc_from_local(local_timestamp, zone) -%}
    to_utc_timestamp({{ local_timestamp }}, {{ zone }})
{%- endmacro %}

{% macro local_from_utc(utc_timestamp, zone) -%}
    {{ return(adapter.dispatch('local_from_utc', 'inference_revenue')(utc_timestamp, zone)) }}
{%- endmacro %}
{% macro default__local_from_utc(utc_timestamp, zone) -%}
    timezone({{ zone }}, cast({{ utc_timestamp }} as timestamptz))
{%- endmacro %}
{% macro spark__local_from_utc(utc_timestamp, zone) -%}
    from_utc_timestamp({{ utc_timestamp }}, {{ zone }})
{%- endmacro %}

{#- An unknown zone would stop the build with the engine's own error: it is caught here and reported by a control. -#}
{% macro is_known_time_zone(zone) -%}
    {{ return(adapter.dispatch('is_known_time_zone', 'inference_revenue')(zone)) }}
{%- endmacro %}
{% macro default__is_known_time_zone(zone) -%} ({{ zone }} in (select name from pg_timezone_names())) {%- endmacro %}
{% macro spark__is_known_time_zone(zone) -%} ({{ zone }} rlike '^[A-Za-z]+(/[A-Za-z_+-]+)*$') {%- endmacro %}

{#- The last period of each entity that has begun and is no flash: what ended by its end has ended. -#}
{% macro last_period_over() -%}
    select
        entity_id,
        max(end_date) as end_date,
        max(period_ordinal) as period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where
        has_begun
        and not is_flash
    group by entity_id
{%- endmacro %}

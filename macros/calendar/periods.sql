{#- Joins the period in which something recorded then is first known; the join has at most one match. -#}
{% macro join_known_period(alias, entity, recorded_at) -%}
    left join {{ ref('dim_accounting_periods') }} as {{ alias }}
        on {{ alias }}.entity_id = {{ entity }}
        and {{ recorded_at }} > {{ alias }}.knowledge_from_at
        and {{ recorded_at }} <= {{ alias }}.knowledge_to_at
{%- endmacro %}

{#- Joins the period in which an instant lies. -#}
{% macro join_period_of(alias, entity, instant) -%}
    left join {{ ref('dim_accounting_periods') }} as {{ alias }}
        on {{ alias }}.entity_id = {{ entity }}
        and {{ instant }} >= {{ alias }}.start_at
        and {{ instant }} < {{ alias }}.end_at
{%- endmacro %}

{#- Joins the period in which a local date lies. -#}
{% macro join_period_of_date(alias, entity, date) -%}
    left join {{ ref('dim_accounting_periods') }} as {{ alias }}
        on {{ alias }}.entity_id = {{ entity }}
        and {{ date }} >= {{ alias }}.start_date
        and {{ date }} < {{ alias }}.end_date
{%- endmacro %}

{#- Share of a period that has passed at an instant in it, by days: a measure of exposure, never of money. -#}
{% macro passed_of_period(period, instant) -%}
{%- set start = 'cast(' ~ period ~ '.start_at as date)' -%}
    cast({{ from_billionths(int_div(
        "1000000000 * cast(" ~ days_between(start, 'cast(' ~ instant ~ ' as date)') ~ " as bigint)",
        days_between(start, 'cast(' ~ period ~ '.end_at as date)'),
    )) }} as decimal(10, 9))
{%- endmacro %}

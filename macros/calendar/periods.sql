{#- Joins the period in which something recorded then is first known; the join has at most one match. -#}
{% macro join_known_period(alias, entity, recorded_at) -%}
    left join {{ ref('dim_accounting_periods') }} as {{ alias }}
        on {{ alias }}.entity_id = {{ entity }}
        and {{ recorded_at }} > {{ alias }}.knowledge_from_at
        and {{ recorded_at }} <= {{ alias }}.knowledge_to_at
{%- endmacro %}

{#-
    Keeps of the versions of each key the one that its first close knew: what was corrected before any close could know
    it never was. The period of each version is joined as `first_known`.
-#}
{% macro as_first_known(key, versions) -%}
    qualify row_number() over (partition by {{ key }} order by first_known.period_ordinal asc nulls last, {{ versions }}.recorded_at desc) = 1
{%- endmacro %}

{#-
    The same of the versions of contract lines, with the close that first knew each (known_ordinal): as first agreed, else
    as the event that added the line says, of which first_recorded_at is the first version.
-#}
{% macro as_first_promised() -%}
    qualify row_number() over (
        partition by line_id
        order by
            case when modified_by_event_id is null then 0 else 1 end, first_recorded_at asc, modified_by_event_id asc,
            known_ordinal asc nulls last, recorded_at desc
    ) = 1
{%- endmacro %}

{#-
    Of a master that all entities share, the version of each key that stood when the first close came of an entity that had a
    line of it (users: key, entity_id, recorded_at): CTEs first_closes and at_first_close. Who uses it later moves nothing.
-#}
{% macro as_first_close_knew(versions, key, users) -%}
first_closes as (
    select
        {{ users }}.{{ key }},
        min(periods.knowledge_to_at) as first_close_at
    from {{ users }}
    inner join (
        select
            {{ key }},
            min(recorded_at) as recorded_at
        from {{ versions }}
        group by {{ key }}
    ) as firsts on firsts.{{ key }} = {{ users }}.{{ key }}
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = {{ users }}.entity_id
        and periods.knowledge_to_at >= greatest({{ users }}.recorded_at, firsts.recorded_at)
    group by {{ users }}.{{ key }}
),

at_first_close as (
    select {{ versions }}.*
    from {{ versions }}
    left join first_closes on first_closes.{{ key }} = {{ versions }}.{{ key }}
    qualify row_number() over (
        partition by {{ versions }}.{{ key }}
        order by
            case
                when {{ versions }}.recorded_at > coalesce(first_closes.first_close_at, timestamp '9999-12-31') then 1
                when {{ versions }}.known_until_at <= coalesce(first_closes.first_close_at, timestamp '9999-12-31') then 2
                else 0
            end asc,
            {{ versions }}.recorded_at asc,
            {{ versions }}.valid_from asc nulls first
    ) = 1
)
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

{#- Joins the period of a timestamp column of a staging model: a bare date is a local date. -#}
{% macro join_period_as_given(alias, entity, rows, column) -%}
    left join {{ ref('dim_accounting_periods') }} as {{ alias }}
        on {{ alias }}.entity_id = {{ entity }}
        and {{ rows }}.{{ column }} >= case when {{ has_part(rows ~ '.bare_dates', column) }} then cast({{ alias }}.start_date as timestamp) else {{ alias }}.start_at end
        and {{ rows }}.{{ column }} < case when {{ has_part(rows ~ '.bare_dates', column) }} then cast({{ alias }}.end_date as timestamp) else {{ alias }}.end_at end
{%- endmacro %}

{#- Share of a period that has passed at an instant in it, by days: a measure of exposure, never of money. -#}
{% macro passed_of_period(period, instant) -%}
{%- set start = 'cast(' ~ period ~ '.start_at as date)' -%}
    cast({{ from_billionths(int_div(
        "1000000000 * cast(" ~ days_between(start, 'cast(' ~ instant ~ ' as date)') ~ " as bigint)",
        days_between(start, 'cast(' ~ period ~ '.end_at as date)'),
    )) }} as decimal(10, 9))
{%- endmacro %}

-- One row per entity with outcomes and close: what policy asks of their history, and up to which day the close saw it (D17).
{%- set topics = [('min_outcomes', 'outcome_history_count'), ('half_life_months', 'reversal_half_life_months')] %}
with

first_outcomes as (
    select
        entity_id,
        min(known_from_ordinal) as known_from_ordinal
    from {{ ref('int_reversals__histories') }}
    group by entity_id
),

int_reversals__asked as (
    select
        {% for name, topic in topics %}{{ name }}.threshold as {{ name }},
        {% endfor -%}
        periods.entity_id,
        periods.period_ordinal as close_ordinal,
        least(periods.end_at, run.as_of) as seen_to_at,
        {{ days_between("date '1970-01-01'", 'cast(least(periods.end_at, run.as_of) as date)') }} as seen_day
    from {{ ref('dim_accounting_periods') }} as periods
    cross join {{ source('state', 'run_context') }} as run
    inner join first_outcomes
        on first_outcomes.entity_id = periods.entity_id
        and first_outcomes.known_from_ordinal <= periods.period_ordinal
    {%- for name, topic in topics %}
        inner join ({{ threshold_of(topic) }}) as {{ name }}
            on {{ name }}.entity_id = periods.entity_id
            and {{ name }}.from_ordinal <= periods.period_ordinal
            and {{ name }}.to_ordinal > periods.period_ordinal
    {%- endfor %}
    where periods.has_begun
)

select * from int_reversals__asked

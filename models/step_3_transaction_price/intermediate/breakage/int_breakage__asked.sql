-- One row per entity with lots that have ended and close: what policy asks of history before breakage is expected from it (D11, D7).
{%- set topics = [
    ('min_lots', 'breakage_min_lots'), ('max_error', 'breakage_back_test_error'), ('confidence', 'constraint_confidence'), ('review_amount', 'review_amount'),
] %}
with

first_ends as (
    select
        entity_id,
        min(end_ordinal) as end_ordinal
    from {{ ref('int_breakage__histories') }}
    group by entity_id
),

int_breakage__asked as (
    select
        {% for name, topic in topics %}{{ name }}.threshold as {{ name }},
        {% endfor -%}
        periods.entity_id,
        periods.period_ordinal as close_ordinal,
        -- of a period that still runs nobody knows what is used in it
        cast(periods.period_ordinal - case when periods.end_at > run.as_of then 1 else 0 end as integer) as seen_ordinal
    from {{ ref('dim_accounting_periods') }} as periods
    cross join {{ source('state', 'run_context') }} as run
    inner join first_ends
        on first_ends.entity_id = periods.entity_id
        and first_ends.end_ordinal <= periods.period_ordinal
    {%- for name, topic in topics %}
        inner join ({{ threshold_of(topic) }}) as {{ name }}
            on {{ name }}.entity_id = periods.entity_id
            and {{ name }}.from_ordinal <= periods.period_ordinal
            and {{ name }}.to_ordinal > periods.period_ordinal
    {%- endfor %}
    where periods.has_begun
)

select * from int_breakage__asked

-- One row per control, and per entity and period where it looks at periods: how many violators this run found.
{%- set controls = control_models() %}
with

violators as (
    {%- for control in controls %}
        select
            '{{ control }}' as control_code,
            entity_id,
            period_id,
            abs(actual_amount - expected_amount) as difference
        from {{ ref(control) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

-- A control that found nothing is shown too: green is a result. The row without a period holds
-- what a control looks at once for the whole of the books.
tested as (
    select
        control_code,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id
    from {{ ref('dim_controls') }}

    union distinct

    select
        controls.control_code,
        periods.entity_id,
        periods.period_id
    from {{ ref('dim_controls') }} as controls
    cross join {{ ref('dim_accounting_periods') }} as periods
    where
        controls.tested_by = 'period'
        and periods.has_begun

    union distinct

    select
        control_code,
        entity_id,
        period_id
    from violators
),

counted as (
    select
        control_code,
        entity_id,
        period_id,
        count(*) as violation_count,
        max(difference) as largest_difference
    from violators
    group by control_code, entity_id, period_id
),

fct_control_results as (
    select
        tested.control_code,
        tested.entity_id,
        tested.period_id,
        controls.invariant,
        controls.title,
        controls.severity,
        controls.owner,
        controls.paragraph,
        controls.what_to_do,
        controls.unit,
        case
            when counted.control_code is null then 'green'
            when controls.severity = 'block' then 'red'
            else 'amber'
        end as colour,
        coalesce(counted.violation_count, 0) as violation_count,
        cast(counted.largest_difference as decimal(38, 18)) as largest_difference
    from tested
    inner join {{ ref('dim_controls') }} as controls on controls.control_code = tested.control_code
    left join counted
        on counted.control_code = tested.control_code
        and counted.entity_id is not distinct from tested.entity_id
        and counted.period_id is not distinct from tested.period_id
)

select * from fct_control_results

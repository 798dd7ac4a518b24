-- One row per control: how many violators it found in this run.
{%- set controls = control_models() %}
with

violations as (
    {%- for control in controls %}
        select
            '{{ control }}' as control_code,
            count(*) as violation_count
        from {{ ref(control) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

fct_control_results as (
    select
        violations.control_code,
        controls.invariant,
        controls.title,
        controls.severity,
        controls.owner,
        controls.paragraph,
        controls.what_to_do,
        violations.violation_count
    from violations
    inner join {{ ref('controls') }} as controls on controls.control_code = violations.control_code
)

select * from fct_control_results

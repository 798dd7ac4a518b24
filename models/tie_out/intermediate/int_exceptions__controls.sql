-- One row per violator of a control.
{%- set controls = control_models() %}
with

violators as (
    {%- for control in controls %}
        select
            control_code,
            book,
            entity_id,
            period_id,
            subject,
            expected_amount,
            actual_amount
        from {{ ref(control) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

int_exceptions__controls as (
    select
        violators.control_code as exception_code,
        controls.severity,
        violators.entity_id,
        violators.period_id,
        cast(null as varchar) as contract_id,
        violators.subject,
        cast(violators.actual_amount - violators.expected_amount as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        controls.title || ': expected ' || coalesce(cast(violators.expected_amount as varchar), 'none')
        || ', found ' || coalesce(cast(violators.actual_amount as varchar), 'none') || '. ' || controls.what_to_do || '.' as message
    from violators
    inner join {{ ref('controls') }} as controls on controls.control_code = violators.control_code
    -- told by name as FILE_MISSING
    where violators.control_code <> 'chk_loaded_files_remain'
)

select * from int_exceptions__controls

-- One row per violator of a control, whichever books it is in.
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

-- People look at a subject once: the books that find it are named in the message.
subjects as (
    select
        control_code,
        entity_id,
        period_id,
        subject,
        {{ string_agg_ordered("nullif(book, '*')") }} as books,
        max_by(expected_amount, abs(actual_amount - expected_amount)) as expected_amount,
        max_by(actual_amount, abs(actual_amount - expected_amount)) as actual_amount
    from violators
    group by control_code, entity_id, period_id, subject
),

-- A subject is a line, or its text begins with the contract: an obligation, a journal, a balance.
placed as (
    select
        subjects.*,
        coalesce(lines.contract_id, contracts.contract_id) as contract_id,
        coalesce(lines.currency, contracts.currency) as contract_currency
    from subjects
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = subjects.subject
    left join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = split_part(subjects.subject, ':', 1)
        and contracts.entity_id = subjects.entity_id
),

int_exceptions__controls as (
    select
        placed.control_code as exception_code,
        controls.severity,
        placed.entity_id,
        placed.period_id,
        placed.contract_id,
        placed.subject,
        cast(placed.actual_amount - placed.expected_amount as decimal(38, 9)) as amount,
        case when controls.unit = 'money' then placed.contract_currency end as currency,
        controls.title || ': expected ' || coalesce(cast(placed.expected_amount as varchar), 'none')
        || ', found ' || coalesce(cast(placed.actual_amount as varchar), 'none')
        || coalesce(' (' || replace(placed.books, '|', ', ') || ')', '') || '. ' || controls.what_to_do || '.' as message
    from placed
    inner join {{ ref('dim_controls') }} as controls on controls.control_code = placed.control_code
    -- told by name as FILE_MISSING
    where placed.control_code <> 'chk_loaded_files_remain'
)

select * from int_exceptions__controls

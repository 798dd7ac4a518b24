-- One row per fee interval of the service that a looked-through option renews: as first agreed, or beyond that.
with

rights as (
    select
        line_id,
        max(contract_id) as contract_id,
        max(renewed_product_id) as renewed_product_id,
        max(initial_to_date) as initial_to_date
    from {{ ref('fct_options') }}
    where outcome = 'MATERIAL_RIGHT' and measure = 'look_through'
    group by line_id
),

-- What belongs to the obligation renewed, set-up fees among it; the first right of a contract takes it.
renewed as (
    select
        lines.obligation_id,
        min(rights.line_id) as option_line_id,
        max(rights.initial_to_date) as initial_to_date
    from rights
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = rights.contract_id
        and lines.product_id = rights.renewed_product_id
        and lines.pattern = 'ratable_by_day'
    group by lines.obligation_id
),

int_rights__renewed_fees as (
    select
        renewed.option_line_id,
        -- the service goes on under its own line: a renewal too
        fees.from_date >= renewed.initial_to_date as is_renewal,
        fees.*
    from {{ ref('int_fees__allocated') }} as fees
    inner join renewed on renewed.obligation_id = fees.obligation_id
    left join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = fees.line_id
    where
        exercises.line_id is null
        and fees.component = 'fee'
)

select * from int_rights__renewed_fees

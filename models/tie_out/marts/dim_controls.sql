-- One row per control.
with

dim_controls as (
    select
        control_code,
        invariant,
        title,
        severity,
        owner,
        paragraph,
        what_to_do,
        tested_by,
        unit
    from {{ ref('controls') }}
)

select * from dim_controls

-- One row per pricing unit: what it is called here, and how Metronome counts it.
with

latest as (
    select
        *,
        row_number() over (partition by id order by updated_at desc) as newest
    from source.credit_type
),

credit_units as (
    select
        id as credit_type_id,
        -- only US dollars are kept in hundredths, with fractions
        case when name = 'USD (cents)' then 'USD' else name end as unit_code,
        case when name = 'USD (cents)' then 100 else 1 end as units_per_major,
        case when name = 'USD (cents)' then cast(0.01 as decimal(4, 3)) else cast(1 as decimal(4, 3)) end as major_per_unit
    from latest
    where newest = 1
)

select * from credit_units

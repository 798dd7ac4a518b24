-- One row per line over which no price is spread: what is bought under an option stands as stated, and so does a renewal that is looked through.
with

int_rights__outside_pools as (
    select line_id
    from {{ ref('fct_option_exercises') }}

    union

    select line_id
    from {{ ref('fct_options') }}
    where measure = 'look_through'
)

select * from int_rights__outside_pools

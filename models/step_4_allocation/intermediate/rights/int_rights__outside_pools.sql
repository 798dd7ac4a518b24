-- One row per line over which no price is spread: what is bought under an option as the contract goes on stands as stated, and so do a renewal that is looked through and a set-up fee.
with

int_rights__outside_pools as (
    select line_id
    from {{ ref('fct_option_exercises') }}
    where not is_modification

    union

    select line_id
    from {{ ref('fct_options') }}
    where measure <> 'ssp'
)

select * from int_rights__outside_pools

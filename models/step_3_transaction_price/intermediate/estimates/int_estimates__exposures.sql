-- One row per entity and version of an estimate: what depends on it, and whether it must be reviewed before it counts (D7).
with

measured as (
    {%- for source_model in ['int_breakage__exposures', 'int_variable__exposures', 'int_reversal_rates__exposures', 'int_forecasts__exposures'] %}
        select
            entity_id,
            estimate_id,
            recorded_at,
            known_from_ordinal,
            cast(estimate_amount as decimal(38, 18)) as estimate_amount,
            cast(catch_up_amount as decimal(38, 18)) as catch_up_amount,
            cast(corrected_amount as decimal(38, 9)) as corrected_amount,
            cast(moved as decimal(38, 9)) as moved,
            cast(moved_from as decimal(38, 9)) as moved_from
        from {{ ref(source_model) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

int_estimates__exposures as (
    {{ review_tiers('measured') }}
)

select * from int_estimates__exposures

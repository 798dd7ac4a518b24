-- One row per entity and version of an estimate: what depends on it, and whether it must be reviewed before it counts (D7).
with

measured as (
    {%- for source_model in ['int_breakage__exposures', 'int_variable__exposures', 'int_reversal_rates__exposures'] %}
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
    select
        measured.entity_id,
        measured.estimate_id,
        measured.recorded_at,
        cast(max(measured.estimate_amount) as decimal(38, 18)) as estimate_amount,
        cast(max(measured.catch_up_amount) as decimal(38, 18)) as catch_up_amount,
        bool_or(
            measured.estimate_amount >= policies.review_amount
            or measured.catch_up_amount >= greatest(
                policies.review_catch_up_amount,
                cast(cast(measured.corrected_amount as decimal(27, 9)) * cast(policies.review_catch_up_share as decimal(10, 9)) as decimal(38, 9))
            )
            or coalesce(measured.moved > measured.moved_from * cast(policies.review_estimate_change as decimal(10, 9)), false)
        ) as needs_review
    from measured
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = measured.entity_id
        and policies.from_ordinal <= measured.known_from_ordinal
        and policies.to_ordinal > measured.known_from_ordinal
    group by measured.entity_id, measured.estimate_id, measured.recorded_at
)

select * from int_estimates__exposures

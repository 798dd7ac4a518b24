-- One row per line segment and dimensions that need a price: of use, of outcomes, or of amounts that a bill charges without any.
with

named as (
    select
        line_segment_number,
        line_id,
        entity_id,
        segment_from_at,
        dim_1_value,
        dim_2_value,
        true as is_used
    from {{ ref('fct_usage_by_period') }}

    union all

    -- the fee of an outcome is that of the segment in which it was reached
    select
        line_segment_number,
        line_id,
        entity_id,
        segment_from_at,
        cast(null as varchar) as dim_1_value,
        cast(null as varchar) as dim_2_value,
        true as is_used
    from {{ ref('fct_outcome_measures') }}

    union all

    -- a flat amount and a minimum of a bill are charged without any use, once for the dimensions of their price
    select
        scopes.line_segment_number,
        scopes.line_id,
        scopes.entity_id,
        scopes.segment_from_at,
        nullif(tiers.dim_1_value, '*') as dim_1_value,
        nullif(tiers.dim_2_value, '*') as dim_2_value,
        false as is_used
    from {{ ref('fct_usage_scopes') }} as scopes
    inner join {{ ref('int_line_terms') }} as terms on terms.line_id = scopes.line_id
    inner join {{ ref('int_price_tiers') }} as tiers
        on tiers.price_id = terms.price_id
        and tiers.entity_id = scopes.entity_id
        and tiers.scope <> 'event'
        and (tiers.model = 'flat' or tiers.minimum_amount > 0)
    where scopes.scope = 'billing_period'
),

int_usage_rates__cells as (
    select
        line_segment_number,
        line_id,
        entity_id,
        segment_from_at,
        dim_1_value,
        dim_2_value,
        bool_or(is_used) as is_used
    from named
    group by all
)

select * from int_usage_rates__cells

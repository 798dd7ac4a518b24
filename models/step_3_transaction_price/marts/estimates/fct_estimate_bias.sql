-- One row per entity, kind, source, cohort and unit of estimates that have resolved: their error and bias (D7).
with

sums as (
    select
        entity_id,
        kind,
        used_source,
        cohort,
        value_unit,
        count(*) as estimate_count,
        count(distinct subject_id) as subject_count,
        cast(sum(estimated_value) as decimal(38, 9)) as estimated_value,
        cast(sum(actual_value) as decimal(38, 9)) as actual_value,
        cast(sum(error_value) as decimal(38, 9)) as error_value,
        cast(sum(abs(error_value)) as decimal(38, 9)) as distance_value,
        cast(sum(abs(estimated_value)) as decimal(38, 9)) as expected_value,
        cast(sum(case when is_reversed then 1 else 0 end) as decimal(38, 9)) as reversed_count
    from {{ ref('fct_estimate_lookback') }}
    where estimated_value is not null
    group by entity_id, kind, used_source, cohort, value_unit
),

fct_estimate_bias as (
    select
        entity_id,
        kind,
        used_source,
        cohort,
        value_unit,
        estimate_count,
        subject_count,
        estimated_value,
        actual_value,
        cast(sign(error_value) as decimal(1, 0)) * cast({{ share_by_weight('cast(1 as decimal(38, 9))', 'abs(error_value)', 'expected_value') }} as decimal(37, 9)) as bias_share,
        cast({{ share_by_weight('cast(1 as decimal(38, 9))', 'distance_value', 'expected_value') }} as decimal(38, 9)) as error_share,
        cast({{ share_by_weight('cast(1 as decimal(38, 9))', 'reversed_count', 'cast(estimate_count as decimal(38, 9))') }} as decimal(38, 9)) as reversed_share
    from sums
)

select * from fct_estimate_bias

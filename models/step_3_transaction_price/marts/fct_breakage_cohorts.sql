-- One row per entity, cohort of lots and close: what its history says is never used, and whether that is enough to expect breakage (D11).
with

fitted as (
    select * from {{ ref('int_breakage__fitted') }}
    where age is null
),

fct_breakage_cohorts as (
    select
        fitted.entity_id,
        fitted.cohort,
        fitted.close_ordinal as as_of_ordinal,
        fitted.cohort_level,
        fitted.wider_cohort,
        first.period_id as data_from_period_id,
        last.period_id as data_to_period_id,
        fitted.lots as lot_count,
        fitted.ended_lots as ended_lot_count,
        fitted.granted_units,
        fitted.used_units,
        fitted.own_breakage as own_share,
        fitted.own_lower as own_lower_share,
        fitted.breakage_share as expected_share,
        fitted.lower_share as constrained_share,
        fitted.back_test_error,
        fitted.ladder_breakage as chain_ladder_share,
        fitted.ladder_error as chain_ladder_error,
        fitted.open_amount,
        fitted.has_enough,
        fitted.is_stable,
        fitted.needs_review,
        case
            when not fitted.has_enough then 'too_few_ended'
            when not fitted.is_stable then 'not_stable'
            when fitted.lower_share <= 0 then 'nothing_left_after_constraint'
            when fitted.needs_review then 'too_large_without_approval'
            else 'relied_on'
        end as method_choice
    from fitted
    left join {{ ref('dim_accounting_periods') }} as first
        on first.entity_id = fitted.entity_id
        and first.period_ordinal = fitted.data_from
    left join {{ ref('dim_accounting_periods') }} as last
        on last.entity_id = fitted.entity_id
        and last.period_ordinal = fitted.close_ordinal
)

select * from fct_breakage_cohorts

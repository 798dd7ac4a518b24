{{ config(materialized='view') }} {#- read by what reviews say of them -#}
-- One row per subject and version of an estimate that people recorded about it: the closes that could know it.
with

int_estimates__statements as (
    select
        'grant' as subject_type,
        grant_id as subject_id,
        'breakage' as kind,
        entity_id,
        estimate_id,
        recorded_at,
        known_from_ordinal,
        withdrawn_ordinal
    from {{ ref('int_breakage__statements') }}

    union all

    select
        'line' as subject_type,
        variable_id as subject_id,
        case variable_kind when 'given_back' then 'reversal_rate' else 'variable_consideration' end as kind,
        entity_id,
        estimate_id,
        recorded_at,
        known_from_ordinal,
        withdrawn_ordinal
    from {{ ref('int_variable__statements') }}

    union all

    select
        'outcome_line' as subject_type,
        line_id as subject_id,
        'reversal_rate' as kind,
        entity_id,
        estimate_id,
        recorded_at,
        known_from_ordinal,
        withdrawn_ordinal
    from {{ ref('int_reversal_rates__statements') }}

    union all

    select
        subject_type,
        subject_id,
        'usage_forecast' as kind,
        entity_id,
        estimate_id,
        recorded_at,
        known_from_ordinal,
        withdrawn_ordinal
    from {{ ref('int_forecasts__statements') }}
)

select * from int_estimates__statements

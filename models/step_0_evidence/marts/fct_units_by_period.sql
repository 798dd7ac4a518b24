{{ config(materialized='view') }} {#- usage is stored once: this only adds what little outcomes are -#}
-- One row per line segment, service period, known period and kind of entry: units that a contract charges by, metered or verified.
with

fct_units_by_period as (
    select
        entity_id,
        contract_id,
        line_id,
        line_segment_number,
        service_ordinal,
        known_ordinal,
        is_withdrawal,
        quantity
    from {{ ref('fct_usage_by_period') }}

    union all

    -- an outcome counts once its window has closed
    select
        entity_id,
        contract_id,
        line_id,
        line_segment_number,
        service_ordinal,
        cast({{ int_div('revision', '10') }} as integer) as known_ordinal,
        revision % 10 <> {{ family('usage') }} and {{ int_div('revision', '10') }} > service_ordinal as is_withdrawal,
        quantity
    from {{ ref('fct_outcome_measures') }}
    where measure = 'confirmed'
)

select * from fct_units_by_period

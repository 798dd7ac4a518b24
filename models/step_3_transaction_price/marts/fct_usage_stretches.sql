-- One row per segment of a line of use or outcomes and service period of a contract that was lost for a time: the stretch of performance that it lies in.
--
-- Few contracts are lost: their use is told apart by when it happened.
with

stretches as (
    select distinct
        contract_id,
        from_at,
        to_at
    from {{ ref('fct_contract_windows') }}
    where from_at > timestamp '0001-01-01'
),

performed as (
    select
        line_segment_number,
        contract_id,
        entity_id,
        segment_from_at,
        service_ordinal
    from {{ ref('fct_usage_by_period') }}
    union
    select
        line_segment_number,
        contract_id,
        entity_id,
        segment_from_at,
        service_ordinal
    from {{ ref('fct_outcome_measures') }}
),

fct_usage_stretches as (
    select distinct
        usage.line_segment_number,
        usage.service_ordinal,
        stretches.from_at as stretch_from_at
    from performed as usage
    inner join stretches on stretches.contract_id = usage.contract_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = usage.entity_id
        and periods.period_ordinal = usage.service_ordinal
    where
        greatest(usage.segment_from_at, periods.start_at) >= stretches.from_at
        and greatest(usage.segment_from_at, periods.start_at) < stretches.to_at
)

select * from fct_usage_stretches

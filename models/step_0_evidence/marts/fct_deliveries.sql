-- One row per source system and delivery, acceptance or report of progress that was ever accepted.
with

fct_deliveries as (
    select
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.contract_id,
        deliveries.line_id,
        contracts.entity_id,
        deliveries.kind,
        deliveries.measure,
        deliveries.measure_value,
        {{ instant('occurred_at', 'contracts.time_zone', 'deliveries') }} as occurred_at,
        cast({{ local_from_utc(instant('occurred_at', 'contracts.time_zone', 'deliveries'), 'contracts.time_zone') }} as date) as occurred_date,
        happened.period_ordinal as service_ordinal,
        greatest(happened.period_ordinal, known.period_ordinal) as known_ordinal,
        case when deliveries.known_until_at is not null then greatest(happened.period_ordinal, known.period_ordinal, withdrawn.period_ordinal) end as withdrawn_ordinal
    from {{ accepted(ref('stg_deliveries')) }} as deliveries
    inner join {{ ref('int_contracts__places') }} as contracts on contracts.contract_id = deliveries.contract_id
    {{ join_period_of('happened', 'contracts.entity_id', instant('occurred_at', 'contracts.time_zone', 'deliveries')) }}
    {{ join_known_period('known', 'contracts.entity_id', 'deliveries.recorded_at') }}
    {{ join_known_period('withdrawn', 'contracts.entity_id', 'deliveries.known_until_at') }}
)

select * from fct_deliveries

-- One row per contract: the entity it belongs to and that entity's accounting zone, as first recorded.
with

first_versions as (
    select contracts.*
    from {{ accepted(ref('stg_contracts')) }} as contracts
    {{ join_known_period('first_known', 'contracts.entity_id', 'contracts.recorded_at') }}
    where contracts.modified_by_event_id is null
    {{ as_first_known('contracts.contract_id', 'contracts') }}
),

int_contracts__places as (
    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        contracts.currency,
        contracts.payment_terms_days,
        coalesce(contracts.termination_refund_kind, 'none') as termination_refund_kind,
        {{ instant('effective_to', 'entities.time_zone', 'contracts') }} as effective_to,
        contracts.recorded_at,
        entities.time_zone
    from first_versions as contracts
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = contracts.entity_id
)

select * from int_contracts__places

-- One row per contract: the terms as first agreed, in the accounting zone of its entity.
with

first_versions as (
    select contracts.*
    from {{ accepted(ref('stg_contracts')) }} as contracts
    {{ join_known_period('first_known', 'contracts.entity_id', 'contracts.recorded_at') }}
    where contracts.modified_by_event_id is null
    {{ as_first_known('contracts.contract_id', 'contracts') }}
),

int_contracts__first_terms as (
    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        contracts.currency,
        contracts.approval_kind,
        contracts.authority_ref,
        contracts.authority_limit_amount,
        {{ instant('signed_at', 'entities.time_zone', 'contracts') }} as signed_at,
        {{ instant('effective_from', 'entities.time_zone', 'contracts') }} as effective_from,
        {{ instant('effective_to', 'entities.time_zone', 'contracts') }} as effective_to,
        {{ instant('termination_from', 'entities.time_zone', 'contracts') }} as termination_from,
        coalesce(contracts.termination_right, case when contracts.effective_to is null then 'customer' else 'none' end) as termination_right,
        coalesce(contracts.termination_notice_days, 0) as termination_notice_days,
        coalesce(contracts.termination_fee_amount, 0) as termination_fee_amount,
        coalesce(contracts.termination_refund_kind, 'none') as termination_refund_kind,
        contracts.payment_terms_days,
        contracts.combination_group_id,
        contracts.renews_contract_id,
        contracts.source_ref,
        contracts.recorded_at,
        contracts.input_row,
        entities.time_zone,
        entities.functional_currency,
        entities.reporting_currency
    from first_versions as contracts
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = contracts.entity_id
)

select * from int_contracts__first_terms

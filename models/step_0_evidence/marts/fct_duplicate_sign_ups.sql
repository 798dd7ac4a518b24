-- One row per sign-up that an earlier one of the same customer repeats: software tries again, or asks twice (E57).
--
-- Provably the same: an agent under the same mandate, on the same document and terms, bought the
-- same for the same time. Anything less is shown and counts: a customer may want two of a thing.
with

first_versions as (
    select contracts.*
    from {{ accepted(ref('stg_contracts')) }} as contracts
    {{ join_known_period('first_known', 'contracts.entity_id', 'contracts.recorded_at') }}
    where contracts.modified_by_event_id is null
    {{ as_first_known('contracts.contract_id', 'contracts') }}
),

first_lines as (
    select lines.*
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join first_versions as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'contracts.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null
    {{ as_first_known('lines.line_id', 'lines') }}
),

bought as (
    select
        contract_id,
        count(*) as line_count,
        {{ string_agg_ordered(
            "line_kind || ',' || coalesce(product_id, '') || ',' || coalesce(meter_id, '') || ',' || coalesce(price_id, '')"
            ~ " || ',' || coalesce(cast(fixed_amount as varchar), '') || ',' || coalesce(amount_interval, '') || ',' || coalesce(cast(quantity as varchar), '')"
            ~ " || ',' || cast(service_start as varchar) || ',' || coalesce(cast(service_end as varchar), '')"
        ) }} as terms
    from first_lines
    group by contract_id
),

genuine as (
    select distinct scope_id as contract_id
    from {{ accepted(ref('stg_policy_elections')) }}
    where
        topic = 'contract_gate'
        and choice = 'contract'
        and scope_type = 'contract'
        and known_until_at is null
),

sign_ups as (
    select
        contracts.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.recorded_at,
        contracts.approval_kind = 'agent' and contracts.authority_ref is not null as is_under_mandate,
        first_value(contracts.contract_id) over repeated as original_contract_id
    from first_versions as contracts
    inner join bought on bought.contract_id = contracts.contract_id
    where contracts.approval_kind in ('agent', 'clickwrap', 'conduct')
    window repeated as (
        partition by
            contracts.entity_id,
            contracts.customer_id,
            contracts.currency,
            contracts.approval_kind,
            contracts.authority_ref,
            contracts.source_ref,
            contracts.effective_from,
            contracts.effective_to,
            bought.line_count,
            bought.terms
        order by contracts.recorded_at, contracts.contract_id
    )
),

fct_duplicate_sign_ups as (
    select
        sign_ups.contract_id,
        sign_ups.original_contract_id,
        sign_ups.entity_id,
        sign_ups.customer_id,
        sign_ups.recorded_at,
        sign_ups.is_under_mandate and genuine.contract_id is null as is_provably_same
    from sign_ups
    left join genuine on genuine.contract_id = sign_ups.contract_id
    where sign_ups.contract_id <> sign_ups.original_contract_id
)

select * from fct_duplicate_sign_ups

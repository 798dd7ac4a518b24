-- One row per contract and feature of the agreement as a whole that makes a policy topic apply to it.
with

agreements as (
    select * from {{ accepted(ref('stg_contracts')) }}
    where known_until_at is null
),

contracts as (
    select
        contracts.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.functional_currency,
        min(agreements.recorded_at) as known_at,
        bool_or(coalesce(agreements.termination_fee_amount, 0) > 0) as has_termination_fee,
        bool_or(agreements.renews_contract_id is not null) as is_renewal,
        bool_or(coalesce(agreements.effective_to > {{ add_months('agreements.effective_from', 12) }}, false)) as is_long
    from {{ ref('dim_contracts') }} as contracts
    inner join agreements on agreements.contract_id = contracts.contract_id
    group by
        contracts.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.functional_currency
),

pairs as (
    select
        customer_id,
        entity_id
    from contracts
    group by customer_id, entity_id
    having count(*) > 1
),

taxed as (
    select
        contract_id,
        min(recorded_at) as known_at
    from {{ ref('fct_billing_lines') }}
    where tax_minor <> 0
    group by contract_id
),

modified as (
    select
        contract_id,
        min(recorded_at) as known_at
    from {{ accepted(ref('stg_contract_events')) }}
    where
        event_kind in ('modified', 'renewed')
        and known_until_at is null
    group by contract_id
),

int_features__contracts as (
    select contract_id, entity_id, 'contract' as feature, known_at from contracts
    union all
    select contract_id, entity_id, 'close' as feature, known_at from contracts
    where entity_id in (select entity_id from {{ ref('dim_accounting_periods') }} where state = 'closed')
    union all
    select contract_id, entity_id, 'termination_fee' as feature, known_at from contracts
    where has_termination_fee
    union all
    select contract_id, entity_id, 'renewal' as feature, known_at from contracts
    where is_renewal
    union all
    select contract_id, entity_id, 'long_contract' as feature, known_at from contracts
    where is_long
    union all
    select contract_id, entity_id, 'foreign_currency' as feature, known_at from contracts
    where currency <> functional_currency
    union all
    select contracts.contract_id, contracts.entity_id, 'several_contracts' as feature, contracts.known_at from contracts
    inner join pairs
        on pairs.customer_id = contracts.customer_id
        and pairs.entity_id = contracts.entity_id
    union all
    select contracts.contract_id, contracts.entity_id, 'tax' as feature, taxed.known_at from contracts
    inner join taxed on taxed.contract_id = contracts.contract_id
    union all
    select contracts.contract_id, contracts.entity_id, 'modification' as feature, modified.known_at from contracts
    inner join modified on modified.contract_id = contracts.contract_id
)

select * from int_features__contracts

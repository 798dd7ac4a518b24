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
        contracts.approval_kind,
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
        contracts.functional_currency,
        contracts.approval_kind
),

counted as (
    select
        *,
        count(*) over (partition by customer_id, entity_id) as contract_count
    from contracts
),

closed_entities as (
    select distinct entity_id from {{ ref('dim_accounting_periods') }}
    where state = 'closed'
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

found as (
    select
        contract_id,
        entity_id,
        known_at,
        {{ string_of_features([
            ('contract', "true"),
            ('close', "entity_id in (select entity_id from closed_entities)"),
            ('several_contracts', "contract_count > 1"),
            ('termination_fee', "has_termination_fee"),
            ('renewal', "is_renewal"),
            ('self_serve', "approval_kind in ('clickwrap', 'conduct', 'agent')"),
            ('long_contract', "is_long"),
            ('foreign_currency', "currency <> functional_currency"),
        ]) }} as features
    from counted

    union all

    select
        contracts.contract_id,
        contracts.entity_id,
        taxed.known_at,
        '|tax|' as features
    from contracts
    inner join taxed on taxed.contract_id = contracts.contract_id

    union all

    select
        contracts.contract_id,
        contracts.entity_id,
        modified.known_at,
        '|modification|' as features
    from contracts
    inner join modified on modified.contract_id = contracts.contract_id

    union all

    {%- for feature, mart in [('deposit', "fct_deposit_releases"), ('immaterial', "fct_immaterial_promises")] %}
        select
            contracts.contract_id,
            contracts.entity_id,
            contracts.known_at,
            '|{{ feature }}|' as features
        from contracts
        where contracts.contract_id in (select contract_id from {{ ref(mart) }})
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

names as (
    select distinct feature from {{ ref('topic_features') }}
),

int_features__contracts as (
    select
        found.contract_id,
        found.entity_id,
        names.feature,
        min(found.known_at) as known_at
    from found
    inner join names on position('|' || names.feature || '|' in found.features) > 0
    group by found.contract_id, found.entity_id, names.feature
)

select * from int_features__contracts

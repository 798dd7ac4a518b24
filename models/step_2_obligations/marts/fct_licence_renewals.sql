-- One row per licence line that renews another one: when the renewal was agreed (ASC 606-10-55-58C, IFRS 15.B61).
--
-- A renewal is a new contract that says which one it renews, or a line that a contract event
-- added; the customer has the copy already. The books may differ on it (X5).
with

licences as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'licence'
),

renewing_contracts as (
    select distinct
        contract_id,
        renews_contract_id
    from {{ accepted(ref('stg_contracts')) }}
    where
        renews_contract_id is not null
        and modified_by_event_id is null
),

by_contract as (
    select
        renewal.line_id,
        renewal.obligation_id,
        renewal.contract_id,
        renewal.entity_id,
        renewed.line_id as renewed_line_id,
        coalesce(contracts.signed_at, contracts.effective_from) as agreed_at
    from licences as renewal
    inner join renewing_contracts on renewing_contracts.contract_id = renewal.contract_id
    inner join licences as renewed
        on renewed.contract_id = renewing_contracts.renews_contract_id
        and renewed.product_id = renewal.product_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = renewal.contract_id
),

by_event as (
    select
        renewal.line_id,
        renewal.obligation_id,
        renewal.contract_id,
        renewal.entity_id,
        renewed.line_id as renewed_line_id,
        changes.approved_at as agreed_at
    from licences as renewal
    inner join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = renewal.added_by_event_id
        and changes.event_kind = 'renewed'
    inner join licences as renewed
        on renewed.obligation_id = renewal.obligation_id
        and renewed.added_by_event_id is null
),

fct_licence_renewals as (
    select
        renewals.line_id,
        renewals.obligation_id,
        renewals.contract_id,
        renewals.entity_id,
        renewals.renewed_line_id,
        renewals.agreed_at,
        agreed.period_ordinal as agreed_ordinal
    from (
        select * from by_contract
        union
        select * from by_event
    ) as renewals
    {{ join_period_of('agreed', 'renewals.entity_id', 'renewals.agreed_at') }}
)

select * from fct_licence_renewals

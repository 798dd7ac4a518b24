-- One row per contract, and one more where it was archived, which in Metronome means that it never should have been.
--
-- Metronome knows when a contract was entered, not when it was signed: give signed_at from the CRM where
-- that differs.
with

contracts as (
    select
        contract_id,
        customer_id,
        'signature' as approval_kind,
        created_at as signed_at,
        starting_at as effective_from,
        -- exclusive, as here
        ending_before as effective_to,
        net_payment_terms_days as payment_terms_days,
        created_at as recorded_at,
        false as is_retracted,
        is_test,
        coalesce('opportunity ' || salesforce_opportunity_id, 'contract ' || contract_id) as source_ref
    from prepared.latest_contracts
    union all
    select
        contract_id,
        customer_id,
        'signature' as approval_kind,
        created_at as signed_at,
        starting_at as effective_from,
        ending_before as effective_to,
        net_payment_terms_days as payment_terms_days,
        archived_at as recorded_at,
        true as is_retracted,
        is_test,
        'archived' as source_ref
    from prepared.latest_contracts
    where archived_at is not null
)

select
    contracts.*,
    company.currency,
    company.entity_id,
    'metronome' as source_system
from contracts
cross join source.company

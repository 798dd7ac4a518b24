-- One row per agreement. Accepting published terms is an agreement too.
select
    agreements.agreement_id as contract_id,
    agreements.account_id as customer_id,
    company.entity_id,
    company.currency,
    'clickwrap' as approval_kind,
    agreements.accepted_at as signed_at,
    agreements.starts_at as effective_from,
    agreements.ends_at as effective_to,
    agreements.payment_terms_days,
    'agreements' as source_system,
    agreements.accepted_at as recorded_at,
    agreements.terms_version as source_ref
from source.agreements
cross join source.company

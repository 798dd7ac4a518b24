-- One row per subscription, and one per invoice that belongs to none.
--
-- A subscription runs until somebody ends it; that it ended is an event (contract_events.sql), so that
-- what was believed before stays on record.
with

one_off as (
    select
        lines.contract_id,
        min(lines.period_start) as effective_from,
        max(lines.period_end) as effective_to
    from prepared.issued_lines as lines
    inner join prepared.issued_invoices as invoices
        on invoices.invoice_id = lines.invoice_id
        and invoices.is_one_off
    where lines.contract_id = lines.invoice_id
    group by lines.contract_id
),

contracts as (
    select
        subscription_id as contract_id,
        customer_id,
        currency,
        'clickwrap' as approval_kind,
        created as signed_at,
        starts_at as effective_from,
        cast(null as timestamp) as effective_to,
        'customer' as termination_right,
        days_until_due as payment_terms_days,
        created as recorded_at,
        is_test,
        'subscription ' || subscription_id as source_ref
    from prepared.subscriptions
    union all
    select
        invoices.contract_id,
        invoices.customer_id,
        invoices.currency,
        'conduct' as approval_kind,
        invoices.issued_at as signed_at,
        one_off.effective_from,
        case when one_off.effective_to > one_off.effective_from then one_off.effective_to end as effective_to,
        'none' as termination_right,
        cast(null as integer) as payment_terms_days,
        invoices.issued_at as recorded_at,
        invoices.is_test,
        'invoice ' || coalesce(invoices.number, invoices.invoice_id) as source_ref
    from prepared.issued_invoices as invoices
    inner join one_off on one_off.contract_id = invoices.contract_id
)

select
    contracts.*,
    company.entity_id,
    'stripe' as source_system
from contracts
cross join source.company

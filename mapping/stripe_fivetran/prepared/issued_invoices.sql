-- One row per invoice that was issued: drafts and what was deleted before issue never were.
with

issued_invoices as (
    select
        invoice.id as invoice_id,
        -- a one-off invoice is its own agreement
        coalesce(invoice.subscription_id, invoice.id) as contract_id,
        invoice.subscription_id is null as is_one_off,
        invoice.customer_id,
        invoice.number,
        upper(invoice.currency) as currency,
        units.major_per_unit,
        invoice.status,
        coalesce(invoice.status_transitions_finalized_at, invoice.created) as issued_at,
        coalesce(invoice.due_date, invoice.status_transitions_finalized_at, invoice.created) as due_at,
        case when invoice.status = 'void' then invoice.status_transitions_voided_at end as voided_at,
        -- right for tax on top and for tax within the price
        invoice.total - coalesce(invoice.tax, 0) as net_units,
        coalesce(invoice.tax, 0) as tax_units,
        invoice.total as total_units,
        coalesce(not invoice.livemode, false) as is_test
    from source.invoice
    inner join prepared.currency_units as units on units.currency = upper(invoice.currency)
    where
        invoice.status in ('open', 'paid', 'uncollectible', 'void')
        and not coalesce(invoice.is_deleted, false)
)

select * from issued_invoices

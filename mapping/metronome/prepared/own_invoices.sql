-- One row per finalised invoice that no billing provider issued: the newest copy of each.
--
-- Where Stripe or another provider sends the invoice, that one is the document, with its tax and its
-- number: map it from there, or every amount is billed twice.
with

copies as (
    select
        *,
        row_number() over (partition by id order by updated_at desc) as newest
    from source.invoice
),

own_invoices as (
    select
        copies.id as invoice_id,
        copies.status,
        copies.customer_id,
        copies.contract_id,
        units.unit_code as currency,
        units.major_per_unit,
        cast(copies.total as decimal(24, 9)) as total,
        copies.issued_at,
        copies.environment_type = 'SANDBOX' as is_test
    from copies
    inner join prepared.credit_units as units on units.credit_type_id = copies.credit_type_id
    where copies.newest = 1
        and upper(copies.status) in ('FINALIZED', 'VOID')
        and copies.billing_provider_invoice_id is null
)

select * from own_invoices

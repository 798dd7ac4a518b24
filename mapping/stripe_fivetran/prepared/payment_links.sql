-- One row per invoice that names the charge or payment intent which paid it.
with

payment_links as (
    select
        id as invoice_id,
        charge_id,
        payment_intent_id
    from source.invoice
    where charge_id is not null or payment_intent_id is not null
)

select * from payment_links

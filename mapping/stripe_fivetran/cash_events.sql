-- One row per payment, refund, chargeback, chargeback won back and write-off.
with

payments as (
    select
        charge.id as charge_id,
        charge.customer_id,
        -- newer API versions link the invoice to the charge and not the charge to the invoice
        coalesce(charge.invoice_id, by_charge.invoice_id, by_intent.invoice_id) as invoice_id,
        charge.amount,
        upper(charge.currency) as currency,
        charge.created,
        charge.balance_transaction_id,
        coalesce(not charge.livemode, false) as is_test
    from source.charge
    left join prepared.payment_links as by_charge on by_charge.charge_id = charge.id
    left join prepared.payment_links as by_intent on by_intent.payment_intent_id = charge.payment_intent_id
    where
        charge.status = 'succeeded'
        and charge.paid
        -- an authorisation alone moves no money
        and coalesce(charge.captured, true)
),

refunds as (
    select
        refund.id as refund_id,
        payments.customer_id,
        payments.invoice_id,
        refund.amount,
        upper(refund.currency) as currency,
        refund.created,
        case
            when refund.reason = 'duplicate' then 'billing_error'
            when refund.reason = 'fraudulent' then 'fraud'
            else 'other'
        end as reason,
        failed.created as failed_at,
        payments.is_test
    from source.refund
    inner join payments on payments.charge_id = refund.charge_id
    left join source.balance_transaction as failed on failed.id = refund.failure_balance_transaction_id
    where refund.status = 'succeeded' or failed.id is not null
),

disputes as (
    select
        dispute.id as dispute_id,
        payments.customer_id,
        payments.invoice_id,
        dispute.amount,
        upper(dispute.currency) as currency,
        dispute.created,
        case dispute.reason
            when 'fraudulent' then 'fraud'
            when 'duplicate' then 'billing_error'
            when 'subscription_canceled' then 'cancellation'
            when 'product_unacceptable' then 'concession'
            when 'product_not_received' then 'concession'
            else 'other'
        end as reason,
        reinstated.created as won_at,
        payments.is_test
    from source.dispute
    inner join payments on payments.charge_id = dispute.charge_id
    left join source.balance_transaction as reinstated
        on reinstated.source = dispute.id
        and reinstated.reporting_category = 'dispute_reversal'
    -- an inquiry takes no money
    where dispute.status not like 'warning%'
),

moved as (
    select
        charge_id as cash_event_id, invoice_id, 'payment' as kind, customer_id, amount, currency,
        balance_transaction_id, created as occurred_at, cast(null as varchar) as reason,
        created as recorded_at, false as is_retracted, is_test
    from payments
    union all
    -- paid by bank transfer or cheque and marked so: there is no charge
    select
        id || ':paid', id, 'payment', customer_id, amount_paid, upper(currency),
        null, status_transitions_paid_at, null,
        status_transitions_paid_at, false, coalesce(not livemode, false)
    from source.invoice
    where status = 'paid' and amount_paid > 0 and charge_id is null and payment_intent_id is null
        and id not in (select invoice_id from payments where invoice_id is not null)
    union all
    select
        refund_id, invoice_id, 'refund', customer_id, amount, currency,
        null, created, reason,
        created, false, is_test
    from refunds
    union all
    -- the bank sent the refund back
    select
        refund_id, invoice_id, 'refund', customer_id, amount, currency,
        null, created, reason,
        failed_at, true, is_test
    from refunds
    where failed_at is not null
    union all
    select
        dispute_id, invoice_id, 'chargeback', customer_id, amount, currency,
        null, created, reason,
        created, false, is_test
    from disputes
    union all
    select
        dispute_id || ':won', invoice_id, 'chargeback_reversal', customer_id, amount, currency,
        null, won_at, reason,
        won_at, false, is_test
    from disputes
    where won_at is not null
    union all
    select
        id || ':uncollectible', id, 'write_off', customer_id,
        case when status = 'paid' then amount_paid else amount_remaining end, upper(currency),
        null, status_transitions_marked_uncollectible_at, 'credit_risk',
        status_transitions_marked_uncollectible_at, false, coalesce(not livemode, false)
    from source.invoice
    where status_transitions_marked_uncollectible_at is not null and status in ('uncollectible', 'paid')
    union all
    -- paid after all: the write-off is withdrawn
    select
        id || ':uncollectible', id, 'write_off', customer_id, amount_paid, upper(currency),
        null, status_transitions_marked_uncollectible_at, 'credit_risk',
        status_transitions_paid_at, true, coalesce(not livemode, false)
    from source.invoice
    where status_transitions_marked_uncollectible_at is not null and status = 'paid'
)

select
    moved.cash_event_id,
    coalesce(moved.invoice_id, '*') as document_id,
    moved.kind,
    moved.customer_id,
    cast(moved.amount * units.major_per_unit as decimal(38, 9)) as amount,
    moved.currency,
    -- where the payout currency differs, the fee is in that currency and not stated here
    cast(
        case when upper(booked.currency) = moved.currency then booked.fee * units.major_per_unit end as decimal(38, 9)
    ) as fee_amount,
    moved.occurred_at,
    moved.reason,
    'stripe' as source_system,
    moved.recorded_at,
    moved.is_retracted,
    moved.is_test
from moved
inner join prepared.currency_units as units on units.currency = moved.currency
left join source.balance_transaction as booked on booked.id = moved.balance_transaction_id

-- One row per line of an issued invoice: its amount without tax and after discounts, in whole minor units.
--
-- A Stripe line is stated before discounts, and with tax where prices hold tax. What the header says
-- beyond the lines is spread over them by amount (largest remainder), so that lines foot to the header.
with

lines as (
    select
        invoices.invoice_id,
        invoices.invoice_id || ':' || line.id as document_line_id,
        coalesce(line.subscription_id, invoices.contract_id) as contract_id,
        line.subscription_item_id,
        price.product_id,
        coalesce(price.recurring_usage_type, 'licensed') as usage_type,
        price.id as price_id,
        coalesce(line.proration, false) as is_proration,
        line.quantity,
        line.period_start,
        line.period_end,
        invoices.currency,
        invoices.major_per_unit,
        invoices.issued_at,
        invoices.voided_at,
        invoices.is_test,
        cast(line.amount as decimal(18, 0)) as amount,
        cast(case when coalesce(line.discountable, true) then line.amount else 0 end as decimal(18, 0)) as weight,
        cast(invoices.net_units as decimal(18, 0)) as net_units
    from source.invoice_line_item as line
    inner join prepared.issued_invoices as invoices on invoices.invoice_id = line.invoice_id
    left join source.price as price on price.id = coalesce(line.price_id, line.plan_id)
),

weighed as (
    select
        *,
        cast(net_units - sum(amount) over (partition by invoice_id) as decimal(18, 0)) as gap,
        cast(sum(weight) over (partition by invoice_id) as decimal(18, 0)) as total_weight
    from lines
),

signed as (
    select
        *,
        -- credits may outweigh charges: the divisor is kept positive
        gap * weight * cast(sign(total_weight) as decimal(2, 0)) as dividend,
        abs(total_weight) as divisor
    from weighed
),

divided as (
    select
        *,
        -- what rounding down takes off, never negative
        case when divisor <> 0 then (dividend % divisor + divisor) % divisor else 0 end as remainder
    from signed
),

shared as (
    select
        *,
        -- the quotient of two exact multiples, so rounding only takes off what a double may add
        case when divisor <> 0 then cast(round((dividend - remainder) / divisor) as decimal(18, 0)) else 0 end as share
    from divided
),

ranked as (
    select
        *,
        gap - sum(share) over (partition by invoice_id) as left_over,
        row_number() over (partition by invoice_id order by remainder desc, document_line_id asc) as rank_in_invoice
    from shared
),

issued_lines as (
    select
        invoice_id,
        document_line_id,
        contract_id,
        subscription_item_id,
        product_id,
        usage_type,
        price_id,
        is_proration,
        quantity,
        period_start,
        period_end,
        currency,
        major_per_unit,
        issued_at,
        voided_at,
        is_test,
        cast(
            amount + share + case
                when divisor = 0 and rank_in_invoice = 1 then left_over
                when divisor <> 0 and rank_in_invoice <= left_over then 1
                else 0
            end as bigint
        ) as net_units
    from ranked
)

select * from issued_lines

-- One row per line of an issued invoice or credit note.
--
-- A line's id is not unique by itself in every Stripe account: with its invoice it is.
with

invoice_lines as (
    select
        document_line_id,
        invoice_id as document_id,
        case
            when is_proration then 'proration'
            when usage_type = 'metered' then 'usage'
            else 'fixed_fee'
        end as line_kind,
        case when usage_type = 'metered' then subscription_item_id else document_line_id end as line_id,
        product_id,
        cast(abs(quantity) as decimal(38, 9)) as quantity,
        cast(net_units * major_per_unit as decimal(38, 9)) as net_amount,
        period_start,
        period_end,
        cast(null as varchar) as applies_to_document_line_id,
        issued_at as recorded_at,
        is_test
    from prepared.issued_lines
),

credit_note_lines as (
    select
        note.id || ':' || line.id as document_line_id,
        note.id as document_id,
        'fixed_fee' as line_kind,
        credited.line_id,
        credited.product_id,
        cast(line.quantity as decimal(38, 9)) as quantity,
        cast(-(line.amount - coalesce(line.discount_amount, 0)) * units.major_per_unit as decimal(38, 9)) as net_amount,
        credited.period_start,
        credited.period_end,
        -- Fivetran's package does not stage which line was credited: without it the ledger flags
        credited.document_line_id as applies_to_document_line_id,
        note.created as recorded_at,
        invoices.is_test
    from source.credit_note_line_item as line
    inner join source.credit_note as note on note.id = line.credit_note_id
    inner join prepared.issued_invoices as invoices on invoices.invoice_id = note.invoice_id
    inner join prepared.currency_units as units on units.currency = upper(note.currency)
    left join invoice_lines as credited on credited.document_line_id = note.invoice_id || ':' || line.invoice_line_item_id
)

select
    invoice_lines.*,
    'stripe' as source_system
from invoice_lines
union all
select
    credit_note_lines.*,
    'stripe' as source_system
from credit_note_lines

-- One row per line of a credit note and invoice line that it takes back: what is credited, why, and for which performance.
--
-- A line that names no invoice line takes back those of its contract line, else all lines of its
-- invoice in proportion; one that names no invoice either stands alone.
with

lines as (
    select * from {{ ref('fct_billing_lines') }}
),

notes as (
    select
        notes.*,
        coalesce(named.document_id, notes.applies_to_document_id) as invoice_id,
        named.document_line_id as named_line_id
    from lines as notes
    left join lines as named
        on named.document_line_id = notes.applies_to_document_line_id
        and named.doc_type = 'invoice'
    where notes.doc_type = 'credit_note'
),

matched as (
    select
        notes.*,
        invoices.document_line_id as invoice_line_id,
        invoices.line_id as invoice_contract_line_id,
        invoices.period_from_date as invoice_from_date,
        invoices.period_to_date as invoice_to_date,
        coalesce(invoices.net_minor + invoices.tax_minor, 1) as weight
    from notes
    left join lines as invoices
        on invoices.document_id = notes.invoice_id
        and invoices.doc_type = 'invoice'
        and invoices.contract_id = notes.contract_id
    qualify dense_rank() over (
        partition by notes.document_line_id
        order by case
            when invoices.document_line_id = notes.named_line_id then 1
            when notes.named_line_id is null and invoices.line_id = notes.line_id then 2
            else 3
        end
    ) = 1
),

weighed as (
    select
        *,
        sum(weight) over (partition by document_line_id) as whole,
        sum(weight) over (
            partition by document_line_id order by invoice_line_id rows between unbounded preceding and current row
        ) as up_to,
        row_number() over (partition by document_line_id order by invoice_line_id) as line_rank
    from matched
),

-- Differences of the truncated cumulative add up to the note; an invoice of nothing is credited on its first line.
shared as (
    select
        *,
        {%- for amount in ['net_minor', 'tax_minor'] %}
        cast(case
            when whole = 0 then case when line_rank = 1 then -{{ amount }} else 0 end
            else
                {{ int_div('cast(-' ~ amount ~ ' as ' ~ wide_integer() ~ ') * cast(up_to as ' ~ wide_integer() ~ ')', 'cast(whole as ' ~ wide_integer() ~ ')') }}
                - {{ int_div('cast(-' ~ amount ~ ' as ' ~ wide_integer() ~ ') * cast(up_to - weight as ' ~ wide_integer() ~ ')', 'cast(whole as ' ~ wide_integer() ~ ')') }}
        end as decimal(38, 0)) as credited_{{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from weighed
),

fct_credited_lines as (
    select
        shared.document_line_id as credit_line_id,
        shared.document_id as credit_note_id,
        shared.invoice_line_id,
        case when shared.invoice_line_id is not null then shared.invoice_id end as invoice_id,
        shared.contract_id,
        shared.entity_id,
        coalesce(shared.line_id, shared.invoice_contract_line_id) as line_id,
        shared.currency,
        shared.minor_unit_exponent,
        reasons.reason,
        reasons.effect,
        shared.issued_date,
        case when shared.period_from_date is not null then shared.period_from_date else shared.invoice_from_date end as from_date,
        case when shared.period_from_date is not null then shared.period_to_date else shared.invoice_to_date end as to_date,
        shared.voided_date,
        shared.known_ordinal,
        shared.void_known_ordinal,
        shared.credited_net_minor as net_minor,
        shared.credited_tax_minor as tax_minor
    from shared
    -- a note without a reason is not classified
    inner join {{ ref('credit_reasons') }} as reasons on reasons.reason = coalesce(shared.reason, 'other')
)

select * from fct_credited_lines

-- One row per set of books, document, step and line that it moves: rights, credits and cash in the order in which they post.
--
-- A credit note is a step of the invoice that it corrects; one that corrects none is a document of its own.
with

gates as (
    select * from {{ ref('fct_contract_windows') }}
    where
        is_standing
        and gate_ordinal is not null
),

credited as (
    select * from {{ ref('fct_credited_lines') }}
    where invoice_id is not null
),

documents as (
    select
        document_id,
        min(contract_id) as contract_id,
        min(performed_from_date) as performed_from_date
    from {{ ref('fct_billing_lines') }}
    group by document_id
),

movements as (
    select
        lines.document_id,
        lines.document_line_id,
        rights.step_date,
        rights.posting_ordinal,
        'right' as funding,
        0 as step_order,
        lines.document_id as step_id,
        rights.is_void,
        rights.gross_minor as right_minor,
        0 as credit_minor,
        0 as credit_tax_minor,
        0 as settled_minor
    from {{ ref('int_billing_steps__rights') }} as rights
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = rights.document_line_id

    union all

    select
        invoice_id as document_id,
        invoice_line_id as document_line_id,
        credit_date as step_date,
        known_ordinal as posting_ordinal,
        case effect when 'loss' then 'credit_loss' else 'credit' end as funding,
        1 as step_order,
        source_id as step_id,
        false as is_void,
        0 as right_minor,
        gross_minor as credit_minor,
        tax_minor as credit_tax_minor,
        0 as settled_minor
    from credited

    union all

    select
        invoice_id as document_id,
        invoice_line_id as document_line_id,
        voided_date as step_date,
        void_known_ordinal as posting_ordinal,
        case effect when 'loss' then 'credit_loss' else 'credit' end as funding,
        1 as step_order,
        source_id as step_id,
        false as is_void,
        0 as right_minor,
        -gross_minor as credit_minor,
        -tax_minor as credit_tax_minor,
        0 as settled_minor
    from credited
    where void_known_ordinal is not null

    union all

    select
        settlements.document_id,
        cast(null as varchar) as document_line_id,
        settlements.step_date,
        settlements.posting_ordinal,
        settlements.funding,
        2 as step_order,
        settlements.cash_row_id as step_id,
        false as is_void,
        0 as right_minor,
        0 as credit_minor,
        0 as credit_tax_minor,
        settlements.settled_minor
    from {{ ref('int_billing_steps__settlements') }} as settlements
),

gated as (
    select
        gates.book_scope,
        movements.* replace (
            greatest(movements.posting_ordinal, gates.gate_ordinal) as posting_ordinal,
            -- cash from before the contract qualified waited as a deposit
            case
                when movements.posting_ordinal < gates.gate_ordinal and movements.funding = 'cash' then 'deposit'
                else movements.funding
            end as funding
        )
    from movements
    inner join documents on documents.document_id = movements.document_id
    inner join gates
        on gates.contract_id = documents.contract_id
        and gates.from_date <= documents.performed_from_date
        and gates.to_date > documents.performed_from_date
),

int_billing_steps__documents as (
    select
        book_scope,
        document_id,
        document_line_id,
        step_date,
        posting_ordinal,
        funding,
        step_id,
        is_void,
        cast(dense_rank() over (
            partition by book_scope, document_id
            order by posting_ordinal, step_date, step_order, step_id, funding, is_void
        ) as integer) as step_number,
        cast(right_minor as decimal(38, 0)) as right_minor,
        cast(credit_minor as decimal(38, 0)) as credit_minor,
        cast(credit_tax_minor as decimal(38, 0)) as credit_tax_minor,
        cast(settled_minor as decimal(38, 0)) as settled_minor
    from gated
)

select * from int_billing_steps__documents

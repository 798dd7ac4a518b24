-- One row per set of books, document, step and line that it moves: rights, credit notes and cash in the order in which they post.
--
-- A credit note is a step of the invoice that it corrects; one that corrects none is a document of its own.
with

gates as (
    select * from {{ ref('fct_contract_gates') }}
    where gate_ordinal is not null
),

lines as (
    select
        document_line_id,
        document_id,
        contract_id,
        doc_type,
        net_minor + tax_minor as gross_minor
    from {{ ref('fct_billing_lines') }}
),

rights as (
    select
        lines.contract_id,
        coalesce(credited.invoice_id, lines.document_id) as document_id,
        coalesce(credited.invoice_line_id, lines.document_line_id) as document_line_id,
        rights.step_date,
        rights.posting_ordinal,
        case
            when credited.invoice_id is null then 'right'
            when credited.effect = 'loss' then 'credit_loss'
            else 'credit'
        end as funding,
        case when credited.invoice_id is null then 0 else 1 end as step_order,
        lines.document_id as step_id,
        case when credited.invoice_id is null then rights.gross_minor else 0 end as right_minor,
        -- what a note takes back, it gives again when it is voided
        case when (rights.gross_minor < 0) = (lines.gross_minor < 0) then 1 else -1 end * coalesce(credited.net_minor + credited.tax_minor, 0) as credit_minor,
        case when (rights.gross_minor < 0) = (lines.gross_minor < 0) then 1 else -1 end * coalesce(credited.tax_minor, 0) as credit_tax_minor,
        coalesce(credited.effect in ('window', 'price'), false) as is_of_price
    from {{ ref('int_billing_steps__rights') }} as rights
    inner join lines on lines.document_line_id = rights.document_line_id
    left join {{ ref('fct_credited_lines') }} as credited
        on credited.credit_line_id = rights.document_line_id
        and credited.invoice_id is not null
),

contracts as (
    select
        document_id,
        min(contract_id) as contract_id
    from lines
    group by document_id
),

movements as (
    select
        contract_id,
        document_id,
        document_line_id,
        step_date,
        posting_ordinal,
        funding,
        step_order,
        step_id,
        right_minor,
        credit_minor,
        credit_tax_minor,
        case when is_of_price then credit_minor else 0 end as price_credit_minor,
        0 as settled_minor,
        0 as conceded_minor
    from rights

    union all

    select
        contracts.contract_id,
        settlements.document_id,
        cast(null as varchar) as document_line_id,
        settlements.step_date,
        settlements.posting_ordinal,
        settlements.funding,
        2 as step_order,
        settlements.cash_row_id as step_id,
        0 as right_minor,
        0 as credit_minor,
        0 as credit_tax_minor,
        0 as price_credit_minor,
        settlements.settled_minor,
        settlements.conceded_minor
    from {{ ref('int_billing_steps__settlements') }} as settlements
    inner join contracts on contracts.document_id = settlements.document_id
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
    inner join gates on gates.contract_id = movements.contract_id
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
        cast(dense_rank() over (
            partition by book_scope, document_id
            order by posting_ordinal, step_date, step_order, step_id, funding
        ) as integer) as step_number,
        {%- for amount in ['right_minor', 'credit_minor', 'credit_tax_minor', 'price_credit_minor', 'settled_minor', 'conceded_minor'] %}
        cast({{ amount }} as {{ wide_integer() }}) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from gated
)

select * from int_billing_steps__documents

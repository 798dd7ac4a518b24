-- One row per credit of an invoice line, by a note or by money paid back alone: what is given back, why, and for which performance.
--
-- A line of a note that names no invoice line takes back those of its contract line, else all lines
-- of its invoice in proportion; one that names no invoice either stands alone.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

lines as (
    select * from {{ ref('fct_billing_lines') }}
),

credits as (
    select
        notes.document_line_id as credit_id,
        notes.document_id as source_id,
        'note' as given_by,
        coalesce(named.document_id, notes.applies_to_document_id) as invoice_id,
        named.document_line_id as named_line_id,
        notes.contract_id,
        notes.entity_id,
        notes.line_id,
        coalesce(notes.reason, 'other') as reason,
        notes.issued_date as credit_date,
        notes.period_from_date,
        notes.period_to_date,
        notes.voided_date,
        notes.known_ordinal,
        notes.void_known_ordinal,
        -notes.net_minor - notes.tax_minor as gross_minor,
        -notes.tax_minor as tax_minor
    from lines as notes
    left join lines as named
        on named.document_line_id = notes.applies_to_document_line_id
        and named.doc_type = 'invoice'
    where notes.doc_type = 'credit_note'

    union all

    select
        document_id || ':refunded:' || cast(known_ordinal as varchar) as credit_id,
        document_id as source_id,
        'refund' as given_by,
        document_id as invoice_id,
        cast(null as varchar) as named_line_id,
        contract_id,
        entity_id,
        cast(null as varchar) as line_id,
        reason,
        occurred_date as credit_date,
        cast(null as date) as period_from_date,
        cast(null as date) as period_to_date,
        cast(null as date) as voided_date,
        known_ordinal,
        cast(null as integer) as void_known_ordinal,
        change_minor as gross_minor,
        -- the tax of the invoice goes back with it
        cast(null as decimal(38, 0)) as tax_minor
    from {{ ref('int_credits__refunded') }}
),

matched as (
    select
        credits.* replace (cast(credits.gross_minor as {{ wide_integer() }}) as gross_minor),
        invoices.document_line_id as invoice_line_id,
        invoices.line_id as invoice_contract_line_id,
        invoices.period_from_date as invoice_from_date,
        invoices.period_to_date as invoice_to_date,
        invoices.net_minor as invoice_net_minor,
        cast(coalesce(invoices.net_minor + invoices.tax_minor, 1) as {{ wide_integer() }}) as weight,
        cast(coalesce(credits.tax_minor, 0) as {{ wide_integer() }}) as stated_tax_minor,
        cast(case when credits.tax_minor is null then invoices.tax_minor else 0 end as {{ wide_integer() }}) as taxed
    from credits
    left join lines as invoices
        on invoices.document_id = credits.invoice_id
        and invoices.doc_type = 'invoice'
        and invoices.contract_id = credits.contract_id
    qualify dense_rank() over (
        partition by credits.credit_id
        order by case
            when invoices.document_line_id = credits.named_line_id then 1
            when credits.named_line_id is null and invoices.line_id = credits.line_id then 2
            else 3
        end
    ) = 1
),

weighed as (
    select
        *,
        sum(weight) over (partition by credit_id) as whole,
        sum(weight) over (partition by credit_id order by invoice_line_id rows between unbounded preceding and current row) as up_to,
        row_number() over (partition by credit_id order by invoice_line_id) as line_rank
    from matched
),

-- Differences of the truncated cumulative add up to the credit; an invoice of nothing is credited on its first line.
shared as (
    select
        {%- for minor in ['gross_minor', 'stated_tax_minor'] %}
            case
                when whole = 0 then case when line_rank = 1 then {{ minor }} else 0 end
                else {{ int_div(minor ~ ' * up_to', 'whole') }} - {{ int_div(minor ~ ' * (up_to - weight)', 'whole') }}
            end as line_{{ minor }},
        {%- endfor %}
        *
    from weighed
),

fct_credited_lines as (
    select
        shared.credit_id,
        shared.source_id,
        shared.given_by,
        shared.invoice_line_id,
        case when shared.invoice_line_id is not null then shared.invoice_id end as invoice_id,
        shared.contract_id,
        shared.entity_id,
        coalesce(shared.line_id, shared.invoice_contract_line_id) as line_id,
        reasons.reason,
        reasons.effect,
        shared.credit_date,
        case when shared.period_to_date > shared.period_from_date then shared.period_from_date end as from_date,
        case when shared.period_to_date > shared.period_from_date then shared.period_to_date end as to_date,
        shared.invoice_from_date,
        shared.invoice_to_date,
        shared.invoice_net_minor,
        shared.voided_date,
        greatest(shared.known_ordinal, happened.period_ordinal) as known_ordinal,
        case when shared.void_known_ordinal is not null then greatest(shared.known_ordinal, happened.period_ordinal, shared.void_known_ordinal, voided.period_ordinal) end as void_known_ordinal,
        cast(shared.line_gross_minor as decimal(38, 0)) as gross_minor,
        cast(case
            when shared.taxed <> 0 and shared.weight <> 0
                then {{ int_div('shared.line_gross_minor * shared.taxed', 'shared.weight') }}
            else shared.line_stated_tax_minor
        end as decimal(38, 0)) as tax_minor
    from shared
    inner join {{ ref('credit_reasons') }} as reasons on reasons.reason = shared.reason
    {{ join_period_of_date('happened', 'shared.entity_id', 'shared.credit_date') }}
    {{ join_period_of_date('voided', 'shared.entity_id', 'shared.voided_date') }}
    cross join run
    where
        happened.has_begun
        and shared.credit_date <= cast({{ local_from_utc('run.as_of', "'UTC'") }} as date)
)

select * from fct_credited_lines

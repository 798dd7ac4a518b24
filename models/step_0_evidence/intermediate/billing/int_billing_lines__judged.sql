-- One row per document line: its amounts in whole minor units and why its document cannot be posted, if so.
with

summed as (
    select
        document_id,
        count(*) as line_count,
        sum(net_amount - coalesce(credits_applied_amount, 0)) as net_amount,
        sum(coalesce(tax_amount, 0)) as tax_amount,
        count(tax_amount) as taxed_count
    from {{ accepted(ref('stg_billing_document_lines')) }}
    group by document_id
),

lines as (
    select
        document_lines.document_line_id,
        document_lines.document_id,
        document_lines.line_id,
        document_lines.product_id,
        document_lines.meter_id,
        document_lines.price_id,
        document_lines.grant_id,
        document_lines.line_kind,
        document_lines.applies_to_document_line_id,
        document_lines.period_start,
        document_lines.period_end,
        document_lines.bare_dates as line_bare_dates,
        documents.* exclude (document_id),
        places.currency as contract_currency,
        currencies.minor_unit_exponent,
        cast(case currencies.minor_unit_exponent when 0 then 1 when 2 then 100 when 3 then 1000 else 10000 end as bigint) as minor_units,
        -- a credit note lowers what is owed, whichever sign its source gives it
        case when documents.doc_type = 'credit_note' and summed.net_amount > 0 then -1 else 1 end as line_sign,
        case when documents.doc_type = 'credit_note' and documents.total_amount > 0 then -1 else 1 end as header_sign,
        summed.line_count,
        document_lines.net_amount - coalesce(document_lines.credits_applied_amount, 0) as line_net_amount,
        document_lines.tax_amount as line_tax_amount,
        summed.net_amount as summed_net_amount,
        summed.taxed_count
    from {{ accepted(ref('stg_billing_document_lines')) }} as document_lines
    inner join {{ ref('int_billing_documents__issued') }} as documents on documents.document_id = document_lines.document_id
    inner join summed on summed.document_id = document_lines.document_id
    inner join {{ ref('currencies') }} as currencies on currencies.currency = documents.currency
    left join {{ ref('int_contracts__places') }} as places on places.contract_id = documents.contract_id
),

-- Largest remainder: floor every line, hand the units left over to the largest fractions.
signed as (
    select
        *,
        header_sign * net_amount as header_net_amount,
        header_sign * tax_amount as header_tax_amount,
        -- a negative total mirrors the split of the positive one
        case when header_sign * net_amount < 0 then -1 else 1 end as split_sign
    from lines
),

-- only what decides the split: ordering whole lines would cost more than all the rest
floored as (
    select
        document_line_id,
        document_id,
        line_net_amount,
        split_sign * header_net_amount * minor_units as header_net_minor,
        split_sign * header_tax_amount * minor_units as header_tax_minor,
        floor(split_sign * line_sign * line_net_amount * minor_units) as net_floor,
        split_sign * line_sign * line_net_amount * minor_units - floor(split_sign * line_sign * line_net_amount * minor_units) as net_fraction,
        coalesce(split_sign * line_sign * line_tax_amount * minor_units, 0) as stated_tax
    from signed
),

ranked as (
    select
        document_line_id,
        net_floor,
        stated_tax,
        cast(header_net_minor - sum(net_floor) over document as bigint) as net_left_over,
        row_number() over (partition by document_id order by net_fraction desc, document_line_id asc) as net_rank,
        cast(header_tax_minor - sum(floor(stated_tax)) over document as bigint) as tax_left_over,
        row_number() over (
            partition by document_id order by stated_tax - floor(stated_tax) desc, abs(line_net_amount) desc, document_line_id
        ) as tax_rank
    from floored
    window document as (partition by document_id)
),

int_billing_lines__judged as (
    select
        signed.* exclude (net_amount, tax_amount, contract_currency),
        cast(split_sign * (net_floor + case when net_rank <= net_left_over then 1 else 0 end) as decimal(38, 0)) as net_minor,
        -- tax that no line states goes to the largest line
        cast(split_sign * (floor(stated_tax) + case
            when taxed_count = 0 then case when tax_rank = 1 then tax_left_over else 0 end
            when tax_rank <= tax_left_over then 1
            else 0
        end) as decimal(38, 0)) as tax_minor,
        case
            when contract_count = 0 then 'NO_CONTRACT'
            when contract_count > 1 then 'AMBIGUOUS_LINE'
            -- the books of a contract are in its currency: what is billed in another cannot join them
            when currency <> contract_currency then 'BAD_CURRENCY'
            -- lines may be finer than their header, by half a minor unit each
            when abs(header_net_amount - line_sign * summed_net_amount) * minor_units * 2 > line_count then 'DOES_NOT_FOOT'
            when net_left_over not between 0 and line_count then 'DOES_NOT_FOOT'
            when taxed_count > 0 and tax_left_over not between 0 and line_count then 'DOES_NOT_FOOT'
        end as reason_code
    from signed
    inner join ranked on ranked.document_line_id = signed.document_line_id
)

select * from int_billing_lines__judged

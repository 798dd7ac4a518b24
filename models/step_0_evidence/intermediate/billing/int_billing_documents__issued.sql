-- One row per invoice or credit note as issued, with its contract and when it became known as void.
with

versions as (
    select
        *,
        row_number() over (partition by document_id order by recorded_at) as version_number,
        min(case when status = 'void' then recorded_at end) over (partition by document_id) as void_recorded_at,
        min(case when status = 'void' then voided_at end) over (partition by document_id) as first_voided_at,
        -- a retraction without a successor takes the document back
        max(coalesce(known_until_at, timestamp '9999-12-31')) over (partition by document_id) as retracted_at
    from {{ accepted(ref('stg_billing_documents')) }}
),

named_by_lines as (
    select
        document_lines.document_id,
        min(contract_lines.contract_id) as contract_id,
        count(distinct contract_lines.contract_id) as contract_count
    from {{ accepted(ref('stg_billing_document_lines')) }} as document_lines
    inner join (
        select distinct
            line_id,
            contract_id
        from {{ accepted(ref('stg_contract_lines')) }}
    ) as contract_lines on contract_lines.line_id = document_lines.line_id
    group by document_lines.document_id
),

named_by_customer as (
    select
        customer_id,
        min(contract_id) as contract_id,
        count(*) as contract_count
    from {{ ref('int_contracts__places') }}
    group by customer_id
),

int_billing_documents__issued as (
    select
        versions.document_id,
        versions.doc_type,
        versions.customer_id,
        versions.currency,
        versions.reason,
        versions.applies_to_document_id,
        coalesce(versions.contract_id, named_by_lines.contract_id, named_by_customer.contract_id) as contract_id,
        case
            when versions.contract_id is not null then 1
            when named_by_lines.contract_id is not null then named_by_lines.contract_count
            else coalesce(named_by_customer.contract_count, 0)
        end as contract_count,
        versions.issued_at,
        versions.due_at,
        versions.bare_dates,
        versions.net_amount,
        versions.tax_amount,
        versions.total_amount,
        versions.recorded_at,
        least(versions.void_recorded_at, nullif(versions.retracted_at, timestamp '9999-12-31')) as void_known_at,
        coalesce(versions.first_voided_at, least(versions.void_recorded_at, nullif(versions.retracted_at, timestamp '9999-12-31'))) as voided_at,
        versions.input_row
    from versions
    left join named_by_lines on named_by_lines.document_id = versions.document_id
    left join named_by_customer on named_by_customer.customer_id = versions.customer_id
    where versions.version_number = 1
)

select * from int_billing_documents__issued

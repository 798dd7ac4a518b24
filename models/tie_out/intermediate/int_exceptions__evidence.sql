-- One row per piece of evidence that was accepted and contradicts other evidence.
with

-- What it gives back belongs to all lines of the invoice in proportion, since it does not say which.
unnamed_originals as (
    select
        'CREDIT_WITHOUT_ORIGINAL' as exception_code,
        'warn' as severity,
        contracts.entity_id,
        documents.contract_id,
        documents.document_id as subject,
        sum(document_lines.net_amount) as amount,
        documents.currency,
        'Lines of the credit note name no line that they correct: what they give back belongs to its invoice as a whole.' as message
    from {{ accepted(ref('stg_billing_document_lines')) }} as document_lines
    inner join {{ accepted(ref('stg_billing_documents')) }} as documents
        on documents.document_id = document_lines.document_id
        and documents.doc_type = 'credit_note'
        and documents.status = 'issued'
        and documents.known_until_at is null
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = documents.contract_id
    where
        document_lines.applies_to_document_line_id is null
        and document_lines.line_id is null
        and document_lines.known_until_at is null
    group by contracts.entity_id, documents.contract_id, documents.document_id, documents.currency
),

containers as (
    select
        meter_id,
        contains_meter_id
    from {{ ref('dim_meters') }}
    where contains_meter_id is not null
),

-- A part cannot be larger than the whole that counts it too. Events of the two meters carry ids of
-- their own, so the day of a contract is compared, after late and withdrawn events.
counted as (
    select
        usage.entity_id,
        usage.contract_id,
        usage.usage_date,
        containers.meter_id as whole_meter_id,
        containers.contains_meter_id as part_meter_id,
        sum(case when usage.meter_id = containers.meter_id then usage.quantity else 0 end) as whole_quantity,
        sum(case when usage.meter_id = containers.contains_meter_id then usage.quantity else 0 end) as part_quantity
    from {{ ref('fct_usage_daily') }} as usage
    inner join containers on usage.meter_id in (containers.meter_id, containers.contains_meter_id)
    where usage.non_billable_reason is null
    group by usage.entity_id, usage.contract_id, usage.usage_date, containers.meter_id, containers.contains_meter_id
),

parts_above_whole as (
    select
        'PART_EXCEEDS_WHOLE' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        contract_id || '|' || part_meter_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'The meter ' || part_meter_id || ' counted ' || cast(sum(part_quantity - whole_quantity) as varchar)
        || ' more than the meter ' || whole_meter_id || ' that contains it, on ' || cast(count(*) as varchar)
        || ' days from ' || cast(min(usage_date) as varchar) || ' to ' || cast(max(usage_date) as varchar)
        || ': correct the events or the meter.' as message
    from counted
    where
        part_quantity > whole_quantity
        -- a contract that is billed for the part alone has no whole
        and whole_quantity > 0
    group by entity_id, contract_id, part_meter_id, whole_meter_id
),

-- Where the price says that events carry what they cost, one that does not is counted and not billed.
without_amount as (
    select
        'AMOUNT_NOT_CARRIED' as exception_code,
        'warn' as severity,
        usage.entity_id,
        usage.contract_id,
        usage.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        cast(sum(usage.event_count) as varchar) || ' events of this line carry no amount in the currency of its price (`as_rated`), the first used on '
        || cast(min(usage.usage_date) as varchar) || ': they are not billed.' as message
    from {{ ref('fct_usage_daily') }} as usage
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = usage.line_id
    where usage.non_billable_reason = 'not_rated'
    group by usage.entity_id, usage.contract_id, usage.line_id, lines.currency
    having sum(usage.event_count) > 0
),

int_exceptions__evidence as (
    select * from unnamed_originals
    union all
    select * from parts_above_whole
    union all
    select * from without_amount
)

select * from int_exceptions__evidence

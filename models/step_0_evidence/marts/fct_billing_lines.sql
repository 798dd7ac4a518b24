-- One row per line of an invoice or credit note that can be posted: net and tax in whole minor units.
with

places as (
    select * from {{ ref('int_contracts__places') }}
),

-- A document line that names no contract line is matched by meter, product or price where only one line answers; credits drawn are those of the only line that sells some.
contract_lines as (
    select distinct
        lines.contract_id,
        lines.line_id,
        lines.line_kind,
        lines.meter_id,
        lines.product_id,
        lines.price_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.approved_at is not null
    where lines.modified_by_event_id is null or changes.contract_event_id is not null
),

matched as (
    select
        judged.document_line_id,
        min(contract_lines.line_id) as line_id,
        count(distinct contract_lines.line_id) as line_count
    from {{ ref('int_billing_lines__judged') }} as judged
    inner join contract_lines
        on contract_lines.contract_id = judged.contract_id
        and (judged.meter_id is null or contract_lines.meter_id = judged.meter_id)
        and (judged.price_id is null or contract_lines.price_id = judged.price_id)
        and (judged.product_id is null or contract_lines.product_id = judged.product_id)
    where
        judged.line_id is null
        and (
            coalesce(judged.meter_id, judged.price_id, judged.product_id) is not null
            or judged.line_kind = 'credit_draw' and judged.grant_id is null and contract_lines.line_kind = 'credit_pack'
        )
    group by judged.document_line_id
),

-- Credits that a document sells or draws, and that no line of it places otherwise, are those of the line that grants them.
granted as (
    select distinct
        grants.grant_id,
        contract_lines.contract_id,
        contract_lines.line_id
    from {{ accepted(ref('stg_credit_grants')) }} as grants
    inner join contract_lines on contract_lines.line_id = grants.line_id
),

placed as (
    select
        judged.*,
        places.entity_id,
        places.time_zone,
        coalesce(judged.line_id, case when matched.line_count = 1 then matched.line_id end, granted.line_id) as contract_line_id,
        {{ instant('issued_at', 'places.time_zone', 'judged') }} as issued_instant,
        coalesce(
            {{ instant('due_at', 'places.time_zone', 'judged') }},
            {{ add_days(instant('issued_at', 'places.time_zone', 'judged'), 'coalesce(places.payment_terms_days, 0)') }}
        ) as due_instant,
        {{ instant('period_start', 'places.time_zone', 'dated') }} as period_from_at,
        {{ instant('period_end', 'places.time_zone', 'dated') }} as period_to_at
    from {{ ref('int_billing_lines__judged') }} as judged
    inner join places on places.contract_id = judged.contract_id
    inner join (
        select
            document_line_id,
            period_start,
            period_end,
            line_bare_dates as bare_dates
        from {{ ref('int_billing_lines__judged') }}
    ) as dated on dated.document_line_id = judged.document_line_id
    left join matched on matched.document_line_id = judged.document_line_id
    left join granted
        on granted.grant_id = judged.grant_id
        and granted.contract_id = judged.contract_id
    where judged.reason_code is null
),

fct_billing_lines as (
    select
        placed.document_line_id,
        placed.document_id,
        placed.doc_type,
        placed.reason,
        placed.applies_to_document_id,
        placed.applies_to_document_line_id,
        placed.customer_id,
        placed.contract_id,
        placed.entity_id,
        placed.contract_line_id as line_id,
        placed.currency,
        placed.minor_unit_exponent,
        cast({{ local_from_utc('placed.issued_instant', 'placed.time_zone') }} as date) as issued_date,
        cast({{ local_from_utc('placed.due_instant', 'placed.time_zone') }} as date) as due_date,
        cast({{ local_from_utc('placed.period_from_at', 'placed.time_zone') }} as date) as period_from_date,
        cast({{ local_from_utc('placed.period_to_at', 'placed.time_zone') }} as date) as period_to_date,
        -- the first day that the document is for, else that of its issue
        min(cast({{ local_from_utc('coalesce(placed.period_from_at, placed.issued_instant)', 'placed.time_zone') }} as date)) over (
            partition by placed.document_id
        ) as performed_from_date,
        cast({{ local_from_utc('placed.voided_at', 'placed.time_zone') }} as date) as voided_date,
        known.period_ordinal as known_ordinal,
        void_known.period_ordinal as void_known_ordinal,
        placed.net_minor,
        placed.tax_minor,
        placed.recorded_at
    from placed
    {{ join_known_period('known', 'placed.entity_id', 'placed.recorded_at') }}
    {{ join_known_period('void_known', 'placed.entity_id', 'placed.void_known_at') }}
)

select * from fct_billing_lines

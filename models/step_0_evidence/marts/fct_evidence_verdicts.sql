-- One row per landed row that the evidence room did not accept: repeated, unreadable or answered for by no contract.
with

usage_set_aside as (
    select
        'usage_events' as table_name,
        source_system,
        coalesce(event_id, '') || '|' || coalesce(meter_id, '') as row_key,
        row_state,
        reason_code,
        recorded_at,
        input_row,
        {{ row_content('usage_events') }} as row_content
    from {{ ref('int_usage_events__set_aside') }}
    where row_state <> 'accepted'
),

usage_unrouted as (
    select
        'usage_events' as table_name,
        source_system,
        coalesce(event_id, '') || '|' || coalesce(meter_id, '') as row_key,
        'held' as row_state,
        reason_code,
        recorded_at,
        input_row,
        {{ row_content('usage_events') }} as row_content
    from {{ ref('int_usage_events__unrouted') }}
    where not is_withdrawn
),

outcomes_unrouted as (
    select
        'outcome_events' as table_name,
        rows.source_system,
        rows.outcome_event_id as row_key,
        'held' as row_state,
        unrouted.reason_code,
        rows.recorded_at,
        rows.input_row,
        {{ row_content('outcome_events', 'rows') }} as row_content
    from {{ ref('int_outcome_events__unrouted') }} as unrouted
    inner join {{ accepted(ref('stg_outcome_events')) }} as rows on rows.input_row = unrouted.input_row
),

documents as (
    select
        'billing_document_lines' as table_name,
        lines.source_system,
        lines.document_line_id as row_key,
        case when judged.reason_code in ('DOES_NOT_FOOT', 'BAD_CURRENCY') then 'rejected' else 'held' end as row_state,
        judged.reason_code,
        lines.recorded_at,
        lines.input_row,
        {{ row_content('billing_document_lines', 'lines') }} as row_content
    from {{ ref('int_billing_lines__judged') }} as judged
    inner join {{ accepted(ref('stg_billing_document_lines')) }} as lines
        on lines.document_line_id = judged.document_line_id
    where judged.reason_code is not null
),

cash as (
    select
        'cash_events' as table_name,
        rows.source_system,
        rows.cash_event_id || '|' || coalesce(rows.document_id, '*') as row_key,
        case when judged.reason_code = 'BAD_CURRENCY' then 'rejected' else 'held' end as row_state,
        judged.reason_code,
        rows.recorded_at,
        rows.input_row,
        {{ row_content('cash_events', 'rows') }} as row_content
    from {{ ref('fct_cash_events') }} as judged
    inner join {{ accepted(ref('stg_cash_events')) }} as rows on rows.input_row = judged.input_row
    where judged.reason_code is not null
),

fct_evidence_verdicts as (
    select * from usage_set_aside
    union all
    select * from usage_unrouted
    union all
    select * from outcomes_unrouted
    union all
    select * from documents
    union all
    select * from cash
)

select * from fct_evidence_verdicts

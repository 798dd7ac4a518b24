-- One row per performance obligation, event and row of it that changes its terms: from when, and the closes that knew (D12; ASC 606-10-25-10, IFRS 15.18).
with

obligation_lines as (
    select * from {{ ref('dim_obligation_lines') }}
),

changed as (
    select * from {{ ref('fct_changed_terms') }}
    where not_applied_reason is null
),

-- An event touches an obligation by a row of one of its lines, or by a new end of the contract.
int_line_terms__touches as (
    select
        obligation_lines.obligation_id,
        changed.contract_id,
        changed.entity_id,
        changed.contract_event_id,
        changed.effective_at,
        changed.segment_from_at,
        changed.known_from_ordinal,
        changed.known_to_ordinal
    from changed
    inner join obligation_lines on obligation_lines.line_id = changed.line_id

    union all

    select distinct
        obligation_lines.obligation_id,
        changed.contract_id,
        changed.entity_id,
        changed.contract_event_id,
        changed.effective_at,
        changed.segment_from_at,
        changed.known_from_ordinal,
        changed.known_to_ordinal
    from changed
    inner join obligation_lines on obligation_lines.contract_id = changed.contract_id
    where changed.table_name = 'contracts'
)

select * from int_line_terms__touches

-- One row per contract event that may change terms and obligation it touches: how it is treated, and what the rule saw (D12; ASC 606-10-25-10..13, IFRS 15.18..21).
--
-- The one place that unites what was decided row by row. An event that is not approved, not
-- priced or without terms touches no obligation and has one row without one.
with

rows_by_event as (
    select
        contract_event_id,
        count(*) as row_count,
        count(case when not_applied_reason is null then 1 end) as applied_count,
        {{ string_agg_ordered('not_applied_reason') }} as reasons
    from {{ ref('fct_changed_terms') }}
    group by contract_event_id
),

successors as (
    select distinct renews_contract_id as contract_id
    from {{ accepted(ref('stg_contracts')) }}
    where renews_contract_id is not null
),

-- A row that adds at its standalone price beside one that changes what was agreed: the rest is treated by the latter.
by_obligation as (
    select
        contract_event_id,
        obligation_id,
        case
            when bool_or(treatment = 'CATCHUP') then 'CATCHUP'
            when bool_or(treatment = 'PROSPECTIVE') then 'PROSPECTIVE'
            else 'SEPARATE'
        end as outcome,
        {{ string_agg_ordered('rule_code') }} as rule_code,
        {{ string_agg_ordered("line_id || ': ' || inputs_seen") }} as inputs_seen,
        {{ string_agg_ordered('election_id') }} as election_ids
    from {{ ref('fct_line_modifications') }}
    where
        known_to_ordinal = 999999
        -- a discount on what came at its standalone price is treated with that
        and line_id not in (
            select lines.line_id
            from {{ ref('dim_obligation_lines') }} as lines
            inner join {{ ref('fct_line_modifications') }} as discounted
                on discounted.line_id = lines.parent_line_id
                and discounted.contract_event_id = lines.added_by_event_id
                and discounted.treatment = 'SEPARATE'
            where lines.line_kind = 'discount'
        )
    group by contract_event_id, obligation_id

    union all

    -- a discount whose window has passed when the change begins reprices that past: a concession, no modification
    select
        changed.contract_event_id,
        coalesce(parents.obligation_id, changed.contract_id || ':' || changed.line_id) as obligation_id,
        'PRICE_CHANGE' as outcome,
        'D12.CONCESSION_FOR_THE_PAST' as rule_code,
        lines.line_id || ': amount=' || coalesce(cast(lines.fixed_amount as varchar), 'none')
        || '; service_end=' || cast(lines.service_end as varchar) as inputs_seen,
        cast(null as varchar) as election_ids
    from {{ ref('fct_changed_terms') }} as changed
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on lines.input_row = changed.input_row
        and lines.line_kind in ('discount', 'contingent')
        and lines.service_end <= changed.segment_from_at
    left join {{ ref('dim_obligation_lines') }} as parents on parents.line_id = lines.parent_line_id
    where
        changed.table_name = 'contract_lines'
        and changed.not_applied_reason is null
        and changed.known_to_ordinal = 999999
),

described as (
    select
        changes.*,
        coalesce(rows_by_event.row_count, 0) as row_count,
        coalesce(rows_by_event.applied_count, 0) as applied_count,
        rows_by_event.reasons,
        successors.contract_id is not null as has_successor,
        by_obligation.obligation_id,
        by_obligation.outcome as obligation_outcome,
        by_obligation.rule_code as obligation_rule_code,
        by_obligation.inputs_seen as obligation_inputs_seen,
        by_obligation.election_ids,
        known.period_ordinal as recorded_ordinal
    from {{ ref('fct_contract_changes') }} as changes
    left join rows_by_event on rows_by_event.contract_event_id = changes.contract_event_id
    left join by_obligation on by_obligation.contract_event_id = changes.contract_event_id
    left join successors on successors.contract_id = changes.contract_id
    {{ join_known_period('known', 'changes.entity_id', 'changes.recorded_at') }}
),

fct_modification_treatments as (
    select
        contract_event_id,
        contract_id,
        entity_id,
        obligation_id,
        event_kind,
        price_delta_amount,
        case
            when approved_at is null then 'PENDING'
            when obligation_id is not null then obligation_outcome
            when applied_count > 0 then 'PROSPECTIVE'
            when row_count = 0 and event_kind = 'renewed' and has_successor then 'SEPARATE'
            when reasons = 'NOT_PRICED' then 'PENDING'
            else 'NOT_APPLIED'
        end as outcome,
        case
            when approved_at is null then 'D12.NOT_APPROVED'
            when obligation_id is not null then obligation_rule_code
            when applied_count > 0 then 'D12.REMAINING_DISTINCT'
            when row_count = 0 and event_kind = 'renewed' and has_successor then 'D12.RENEWED_BY_NEW_CONTRACT'
            when reasons = 'NOT_PRICED' then 'D12.PRICE_NOT_DETERMINED'
            else 'D12.NO_TERMS'
        end as rule_code,
        'approved_at=' || coalesce(cast(approved_at as varchar), 'none')
        || '; effective_at=' || cast(effective_at as varchar)
        || '; price_delta=' || coalesce(cast(price_delta_amount as varchar), 'not priced')
        || '; rows=' || cast(row_count as varchar)
        || '; rows_applied=' || cast(applied_count as varchar)
        || '; not_applied=' || coalesce(reasons, 'none')
        || coalesce('; ' || obligation_inputs_seen, '') as inputs_seen,
        election_ids,
        row_count,
        applied_count,
        reasons as not_applied_reasons,
        segment_from_at,
        coalesce(known_from_ordinal, recorded_ordinal) as as_of_ordinal,
        known_to_ordinal
    from described
)

select * from fct_modification_treatments

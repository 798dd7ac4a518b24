-- One row per contract event that changes terms: how it is treated, and what the rule saw (D12; ASC 606-10-25-10..13, IFRS 15.18..21).
--
-- The one place that decides. Terms that remain are distinct from what has passed in every pattern
-- recognised so far, so what holds is prospective; added goods at their standalone price
-- (separate) and work that is not distinct (catch-up) are decided here once they are told apart.
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

described as (
    select
        changes.*,
        coalesce(rows_by_event.row_count, 0) as row_count,
        coalesce(rows_by_event.applied_count, 0) as applied_count,
        rows_by_event.reasons,
        successors.contract_id is not null as has_successor,
        known.period_ordinal as recorded_ordinal
    from {{ ref('fct_contract_changes') }} as changes
    left join rows_by_event on rows_by_event.contract_event_id = changes.contract_event_id
    left join successors on successors.contract_id = changes.contract_id
    {{ join_known_period('known', 'changes.entity_id', 'changes.recorded_at') }}
),

fct_modification_treatments as (
    select
        contract_event_id,
        contract_id,
        entity_id,
        event_kind,
        price_delta_amount,
        case
            when approved_at is null then 'PENDING'
            when applied_count > 0 then 'PROSPECTIVE'
            when row_count = 0 and event_kind = 'renewed' and has_successor then 'SEPARATE'
            when reasons = 'NOT_PRICED' then 'PENDING'
            else 'NOT_APPLIED'
        end as outcome,
        case
            when approved_at is null then 'D12.NOT_APPROVED'
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
        || '; not_applied=' || coalesce(reasons, 'none') as inputs_seen,
        row_count,
        applied_count,
        reasons as not_applied_reasons,
        segment_from_at,
        coalesce(known_from_ordinal, recorded_ordinal) as as_of_ordinal,
        known_to_ordinal
    from described
)

select * from fct_modification_treatments

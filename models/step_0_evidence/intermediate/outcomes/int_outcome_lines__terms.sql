-- One row per version of the terms of an outcome line: how long its outcomes may be reversed, for which performance, as the closes knew it.
with

lines as (
    select
        lines.*,
        places.entity_id,
        places.time_zone,
        changes.segment_from_at,
        greatest(lines.recorded_at, changes.recorded_at, changes.approved_at) as agreed_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
        and changes.approved_at is not null
        and changes.known_to_ordinal = 999999
    where
        lines.line_kind = 'outcome'
        and (lines.modified_by_event_id is null or changes.contract_event_id is not null)
),

int_outcome_lines__terms as (
    select
        lines.line_id,
        lines.time_zone,
        lines.outcome_window_hours,
        coalesce(lines.segment_from_at, timestamp '0001-01-01') as from_at,
        lines.recorded_at,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from lines
    {{ join_known_period('known', 'lines.entity_id', 'lines.agreed_at') }}
    {{ join_known_period('replaced', 'lines.entity_id', 'lines.known_until_at') }}
)

select * from int_outcome_lines__terms
where known_from_ordinal < known_to_ordinal

-- One row per performance obligation, event that changes its terms and closes that believed so: the order of its segments.
--
-- Everything that can move a segment is dated here once: which events a close knew of, in which
-- order they cut the revenue of the obligation (the later of effect and approval), and the
-- termination, if any, as the last of them. Segment 0 is what was agreed first.
with

obligation_lines as (
    select * from {{ ref('dim_obligation_lines') }}
),

touches as (
    select * from {{ ref('int_line_terms__touches') }}
),

obligations as (
    select
        obligation_id,
        contract_id,
        entity_id
    from touches

    union

    select
        obligation_id,
        contract_id,
        entity_id
    from {{ ref('int_line_terms__ended_beside') }}
),

-- When a row as first agreed came to be believed, and when it ceased to be.
first_rows as (
    select
        obligations.obligation_id,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from obligations
    inner join obligation_lines on obligation_lines.obligation_id = obligations.obligation_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on lines.line_id = obligation_lines.line_id
        and lines.modified_by_event_id is null
    {{ join_known_period('known', 'obligations.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'obligations.entity_id', 'lines.known_until_at') }}
),

closes as (
    select
        obligation_id,
        known_from_ordinal as known_ordinal
    from touches
    union
    select
        obligation_id,
        known_to_ordinal as known_ordinal
    from touches
    union
    select
        obligation_id,
        known_from_ordinal as known_ordinal
    from first_rows
    union
    select
        obligation_id,
        known_to_ordinal as known_ordinal
    from first_rows
    union
    -- what is expected of a price that is not agreed
    select
        obligation_lines.obligation_id,
        unpriced.known_from_ordinal as known_ordinal
    from {{ ref('fct_unpriced_terms') }} as unpriced
    inner join obligation_lines on obligation_lines.line_id = unpriced.line_id
    union
    select
        obligations.obligation_id,
        terminations.known_ordinal
    from obligations
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = obligations.contract_id
    union
    select
        obligations.obligation_id,
        terminations.withdrawn_ordinal as known_ordinal
    from obligations
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = obligations.contract_id
),

windows as (
    select
        obligations.*,
        closes.known_ordinal as known_from_ordinal,
        lead(closes.known_ordinal, 1, 999999) over (
            partition by closes.obligation_id order by closes.known_ordinal
        ) as known_to_ordinal
    from closes
    inner join obligations on obligations.obligation_id = closes.obligation_id
    where closes.known_ordinal < 999999
),

segments as (
    select
        windows.*,
        cast(null as varchar) as contract_event_id,
        cast(null as timestamp) as effective_at,
        cast(null as timestamp) as segment_from_at,
        false as is_termination,
        false as is_repriced
    from windows

    union all

    select
        windows.*,
        touches.contract_event_id,
        touches.effective_at,
        touches.segment_from_at,
        false as is_termination,
        bool_or(touches.is_repriced) as is_repriced
    from windows
    inner join touches
        on touches.obligation_id = windows.obligation_id
        and touches.known_from_ordinal <= windows.known_from_ordinal
        and touches.known_to_ordinal > windows.known_from_ordinal
    left join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = windows.contract_id
        and terminations.known_ordinal <= windows.known_from_ordinal
        and terminations.withdrawn_ordinal > windows.known_from_ordinal
    -- nothing is modified that has ended
    where coalesce(touches.segment_from_at < terminations.effective_at, true)
    group by all

    union all

    select
        windows.*,
        terminations.contract_event_id,
        terminations.effective_at,
        terminations.effective_at as segment_from_at,
        true as is_termination,
        false as is_repriced
    from windows
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = windows.contract_id
        and terminations.known_ordinal <= windows.known_from_ordinal
        and terminations.withdrawn_ordinal > windows.known_from_ordinal
),

int_line_terms__changes as (
    select
        *,
        cast(row_number() over (
            partition by obligation_id, known_from_ordinal
            order by segment_from_at nulls first, is_termination, effective_at, contract_event_id
        ) - 1 as integer) as change_number
    from segments
)

select * from int_line_terms__changes

-- One row per time that an outcome was resolved and close that learned something of the outcome: what had happened to it since, as that close knew.
--
-- A resolution ends with the next one: what is reopened and resolved again is one outcome with a fresh window. A close
-- sees the events in the order in which they happened, whatever the order in which they were reported.
with

events as {{ not_kept() }}(
    select * from {{ ref('int_outcome_events__placed') }}
    where line_segment_number is not null and happened_ordinal is not null and known_ordinal < until_ordinal
),

-- Terms that were corrected or changed are news for the outcomes of their line.
changing_terms as (
    select
        terms.line_id,
        terms.known_from_ordinal
    from {{ ref('int_outcome_lines__terms') }} as terms
    qualify count(*) over (partition by terms.line_id) > 1
),

closes as (
    select
        outcome_id,
        known_ordinal
    from events
    union
    select
        outcome_id,
        until_ordinal as known_ordinal
    from events
    where until_ordinal < 999999
    union
    select
        events.outcome_id,
        changing_terms.known_from_ordinal as known_ordinal
    from events
    inner join changing_terms
        on changing_terms.line_id = events.charged_line_id
        and changing_terms.known_from_ordinal > events.known_ordinal
),

spans as (
    select
        outcome_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by outcome_id order by known_ordinal) as known_to_ordinal
    from closes
),

seen as (
    select
        spans.outcome_id,
        spans.known_from_ordinal,
        spans.known_to_ordinal,
        events.place,
        events.state,
        events.happened_at,
        events.happened_ordinal,
        events.stated_window_ends_at,
        max(case when events.state = 'provisional' then events.place end) over (
            partition by spans.outcome_id, spans.known_from_ordinal order by events.place
        ) as resolution_place
    from spans
    inner join events
        on events.outcome_id = spans.outcome_id
        and events.known_ordinal <= spans.known_from_ordinal
        and events.until_ordinal > spans.known_from_ordinal
),

fates as (
    select
        outcome_id,
        resolution_place,
        known_from_ordinal,
        known_to_ordinal,
        -- the last one stated
        max_by(stated_window_ends_at, case when stated_window_ends_at is not null then place end) as stated_window_ends_at,
        min(case when state = 'confirmed' then happened_at end) as reported_confirmed_at,
        min(case when state = 'disputed' then happened_at end) as disputed_at,
        min(case when state = 'dispute_won' then happened_at end) as dispute_won_at,
        min(case when state in ('reversed', 'dispute_lost') then happened_at end) as ended_at,
        min(case when state in ('reversed', 'dispute_lost') then happened_ordinal end) as ended_ordinal
    from seen
    where resolution_place is not null
    group by outcome_id, resolution_place, known_from_ordinal, known_to_ordinal
),

int_outcome_resolutions as (
    select
        fates.outcome_id,
        fates.resolution_place,
        fates.known_from_ordinal,
        fates.known_to_ordinal,
        resolved.line_segment_number,
        resolved.segment_from_at,
        resolved.charged_line_id as line_id,
        resolved.charged_contract_id as contract_id,
        resolved.charged_customer_id as customer_id,
        resolved.entity_id,
        resolved.product_id,
        resolved.subject_ref,
        resolved.agent_ref,
        resolved.quantity,
        resolved.happened_at as resolved_at,
        resolved.happened_ordinal as resolved_ordinal,
        fates.stated_window_ends_at,
        fates.reported_confirmed_at,
        fates.disputed_at,
        fates.dispute_won_at,
        fates.ended_at,
        fates.ended_ordinal
    from fates
    inner join events as resolved
        on resolved.outcome_id = fates.outcome_id
        and resolved.place = fates.resolution_place
)

select * from int_outcome_resolutions

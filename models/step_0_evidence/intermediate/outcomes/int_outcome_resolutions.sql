-- One row per time that an outcome was resolved and close that learned something of the outcome: what had happened to it since, as that close knew.
--
-- A resolution ends with the next one: what is reopened and resolved again is one outcome with a fresh window. A close
-- sees the events in the order in which they happened, whatever the order in which they were reported.
with

events as (
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
        spans.known_from_ordinal,
        spans.known_to_ordinal,
        events.*,
        max(case when events.state = 'provisional' then events.place end) over (
            partition by spans.outcome_id, spans.known_from_ordinal order by events.place
        ) as resolution_place
    from spans
    inner join events
        on events.outcome_id = spans.outcome_id
        and events.known_ordinal <= spans.known_from_ordinal
        and events.until_ordinal > spans.known_from_ordinal
),

int_outcome_resolutions as (
    select
        outcome_id,
        resolution_place,
        known_from_ordinal,
        known_to_ordinal,
        min(case when state = 'provisional' then line_segment_number end) as line_segment_number,
        min(case when state = 'provisional' then segment_from_at end) as segment_from_at,
        min(case when state = 'provisional' then charged_line_id end) as line_id,
        min(case when state = 'provisional' then charged_contract_id end) as contract_id,
        min(case when state = 'provisional' then charged_customer_id end) as customer_id,
        min(case when state = 'provisional' then entity_id end) as entity_id,
        min(case when state = 'provisional' then product_id end) as product_id,
        min(case when state = 'provisional' then subject_ref end) as subject_ref,
        min(case when state = 'provisional' then agent_ref end) as agent_ref,
        min(case when state = 'provisional' then quantity end) as quantity,
        min(case when state = 'provisional' then happened_at end) as resolved_at,
        min(case when state = 'provisional' then happened_ordinal end) as resolved_ordinal,
        -- the last one stated
        max_by(stated_window_ends_at, case when stated_window_ends_at is not null then place end) as stated_window_ends_at,
        min(case when state = 'confirmed' then happened_at end) as reported_confirmed_at,
        min(case when state = 'disputed' then happened_at end) as disputed_at,
        min(case when state = 'dispute_won' then happened_at end) as dispute_won_at,
        min(case when state in ('reversed', 'dispute_lost') then happened_at end) as ended_at,
        min(case when state in ('reversed', 'dispute_lost') then happened_ordinal end) as ended_ordinal,
        max_by(state, place) as last_state
    from seen
    where resolution_place is not null
    group by outcome_id, resolution_place, known_from_ordinal, known_to_ordinal
)

select * from int_outcome_resolutions

-- One row per report of a significant change in a customer's ability to pay: the closes that reassess for it (D1; ASC 606-10-25-5, IFRS 15.13).
with

events as (
    select * from {{ accepted(ref('stg_contract_events')) }}
    where event_kind = 'credit_deterioration'
),

placed as (
    select
        events.contract_event_id,
        events.contract_id,
        terms.entity_id,
        {{ instant('effective_at', 'terms.time_zone', 'events') }} as effective_at,
        events.recorded_at,
        events.known_until_at
    from events
    inner join {{ ref('int_contracts__first_terms') }} as terms on terms.contract_id = events.contract_id
),

int_contracts__deteriorations as (
    select
        placed.contract_event_id,
        placed.contract_id,
        placed.entity_id,
        placed.effective_at,
        greatest(known.period_ordinal, happened.period_ordinal) as known_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as withdrawn_ordinal
    from placed
    {{ join_known_period('known', 'placed.entity_id', 'placed.recorded_at') }}
    {{ join_known_period('withdrawn', 'placed.entity_id', 'placed.known_until_at') }}
    {{ join_period_of('happened', 'placed.entity_id', 'placed.effective_at') }}
)

select * from int_contracts__deteriorations

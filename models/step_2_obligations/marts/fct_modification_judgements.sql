-- One row per contract event that changes terms and has not been withdrawn, and per obligation where it touches several: the judgement on the modification (D12); and per fee that is not agreed, what counts as its price (D6).
--
-- The event as a whole is COMBINED where some of what remains is distinct and some is not (ASC
-- 606-10-25-13(c), IFRS 15.21(c)); a concession for the past beside it does not change its name.
with

treatments as (
    select * from {{ ref('fct_modification_treatments') }}
    where known_to_ordinal = 999999
),

by_event as (
    select
        entity_id,
        contract_event_id as subject,
        case
            when bool_or(outcome = 'CATCHUP') and bool_or(outcome = 'PROSPECTIVE') then 'COMBINED'
            when bool_or(outcome = 'CATCHUP') then 'CATCHUP'
            when bool_or(outcome = 'PROSPECTIVE') then 'PROSPECTIVE'
            when bool_or(outcome = 'SEPARATE') then 'SEPARATE'
            else min(outcome)
        end as outcome,
        {{ string_agg_ordered('rule_code') }} as rule_code,
        {{ string_agg_ordered('inputs_seen') }} as inputs_seen,
        {{ string_agg_ordered('election_ids') }} as election_ids,
        max(as_of_ordinal) as as_of_ordinal
    from treatments
    group by entity_id, contract_event_id
),

by_obligation as (
    select
        entity_id,
        contract_event_id || ' / ' || obligation_id as subject,
        outcome,
        rule_code,
        inputs_seen,
        election_ids,
        as_of_ordinal
    from treatments
    qualify count(*) over (partition by contract_event_id) > 1
),

judged as (
    select * from by_event
    union all
    select * from by_obligation
),

-- What counts as the price of a change until it is agreed (ASC 606-10-25-11, 32-11; IFRS 15.19, 56).
expected as (
    select
        entity_id,
        contract_event_id || ' / ' || line_id as subject,
        case when estimate_id is null then 'ACTUALS_ONLY' else 'ESTIMATED' end as outcome,
        case when estimate_id is null then 'D6.PRICE_NOT_AGREED' else 'D6.AS_CONSTRAINED' end as rule_code,
        'estimate=' || coalesce(estimate_id, 'none: nothing added to the fee before')
        || '; expected=' || coalesce(cast(expected_amount as varchar), 'none')
        || '; constrained=' || coalesce(cast(constrained_amount as varchar), 'not stated')
        || '; fee=' || cast(fee_amount as varchar) as inputs_seen,
        known_from_ordinal as as_of_ordinal
    from {{ ref('fct_unpriced_terms') }}
    where known_from_ordinal < known_to_ordinal
),

fct_modification_judgements as (
    select
        '*' as book,
        entity_id,
        'contract_event' as subject_type,
        subject,
        'D12' as decision_code,
        outcome,
        rule_code,
        inputs_seen,
        coalesce(election_ids, 'default') as basis,
        as_of_ordinal
    from judged

    union all

    select
        '*' as book,
        entity_id,
        'contract_event' as subject_type,
        subject,
        'D6' as decision_code,
        outcome,
        rule_code,
        inputs_seen,
        'default' as basis,
        as_of_ordinal
    from expected
)

select * from fct_modification_judgements

-- One row per obligation earned by progress and close at which its measure changed: by what its progress is measured (D5; ASC 606-10-25-31..37, IFRS 15.39..45).
with

obligations as (
    select
        obligation_id,
        min(entity_id) as entity_id,
        min(known_ordinal) as known_ordinal
    from {{ ref('dim_obligation_lines') }}
    where pattern = 'progress'
    group by obligation_id
),

totals as (
    select
        obligation_id,
        known_from_ordinal,
        known_to_ordinal,
        {{ string_agg_ordered("kind || '=' || cast(value as varchar) || coalesce(' (' || estimate_ids || ')', '')") }} as totals
    from {{ ref('int_progress__totals') }}
    where value is not null
    group by obligation_id, known_from_ordinal, known_to_ordinal
),

fct_progress_judgements as (
    select
        '*' as book,
        obligations.entity_id,
        'obligation' as subject_type,
        measures.obligation_id as subject,
        'D5.MEASURE' as decision_code,
        upper(measures.measure) as outcome,
        case measures.signal_rank
            when 0 then 'D5.ELECTED'
            when 1 then 'D5.AS_REPORTED'
            when 2 then 'D5.AS_ESTIMATED'
            else 'D5.NOTHING_REPORTED'
        end as rule_code,
        'totals: ' || coalesce(max(totals.totals), 'none') as inputs_seen,
        'default' as basis,
        greatest(measures.known_from_ordinal, obligations.known_ordinal) as as_of_ordinal
    from {{ ref('int_progress__measures') }} as measures
    inner join obligations on obligations.obligation_id = measures.obligation_id
    left join totals
        on totals.obligation_id = measures.obligation_id
        and totals.known_from_ordinal <= greatest(measures.known_from_ordinal, obligations.known_ordinal)
        and totals.known_to_ordinal > greatest(measures.known_from_ordinal, obligations.known_ordinal)
    where measures.known_to_ordinal > obligations.known_ordinal
    group by obligations.entity_id, measures.obligation_id, measures.measure, measures.signal_rank, measures.known_from_ordinal, obligations.known_ordinal
)

select * from fct_progress_judgements

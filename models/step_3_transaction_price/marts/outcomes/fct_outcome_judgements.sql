-- One row per book, outcome line and close at which the policy on its outcomes changed, or why it holds (D17).
with

fct_outcome_judgements as (
    select
        case book_scope when 'both' then '*' else book_scope end as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D17' as decision_code,
        upper(policy) as outcome,
        rule_code,
        'settled=' || cast(cast(settled_count as bigint) as varchar) || '; quarters=' || cast(quarter_count as varchar)
        || '; largest_deviation=' || coalesce(cast(largest_deviation as varchar), 'none')
        || '; estimate=' || coalesce(estimate_id, 'none') as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_from_ordinal as as_of_ordinal
    from {{ ref('fct_outcome_policies') }}
)

select * from fct_outcome_judgements

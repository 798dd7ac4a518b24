-- One row per option: whether it is a material right, and what the rule saw (D9).
with

first_terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

fct_option_judgements as (
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D9' as decision_code,
        outcome,
        rule_code,
        'value_as_exercised=' || coalesce(cast(value_as_exercised as varchar), 'no price')
        || '; expected=' || case when estimate_id is null then 'no estimate: the whole value' else cast(expected_value as varchar) || ' ' || value_unit || ' (' || estimate_id || ')' end
        || '; measure=' || measure
        || case when measure = 'look_through' then '; renewal=' || cast(renewal_amount as varchar) || ' for ' || cast(renewal_months as varchar) || ' months after ' || cast(initial_months as varchar) else '' end
        || '; worth=' || cast(standalone_amount as varchar)
        || '; stated_price=' || cast(stated_price as varchar)
        || '; threshold=' || cast(threshold as varchar) as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        inception_ordinal as as_of_ordinal
    from first_terms
)

select * from fct_option_judgements

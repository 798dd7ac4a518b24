-- One row per option, and per exercise of a material right: whether it is one, how exercise is treated, and what the rule saw (D9, D12).
with

first_terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

judged_options as (
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
),

-- Renewals that are looked through are part of the contract already (ASC 606-10-55-45, IFRS 15.B43).
exercises as (
    select
        exercises.*,
        first_terms.obligation_id
    from {{ ref('fct_option_exercises') }} as exercises
    inner join first_terms
        on first_terms.line_id = exercises.option_line_id
        and first_terms.outcome = 'MATERIAL_RIGHT'
        and first_terms.measure = 'ssp'
    where exercises.decided_ordinal < 999999
),

judged_exercises as (
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D12.EXERCISE' as decision_code,
        case when is_modification then 'MODIFICATION' else 'CONTINUATION' end as outcome,
        case
            when is_modification then 'D12.EXERCISE_MODIFIES'
            when coalesce(elected_treatment, 'continuation') = 'continuation' then 'D12.EXERCISE_CONTINUES'
            when contract_event_id is null or contract_id <> option_contract_id then 'D12.EXERCISE_NOT_BY_EVENT'
            else 'D12.EXERCISE_AT_STANDALONE_PRICE'
        end as rule_code,
        'option=' || option_line_id
        || '; granted_by=' || option_contract_id
        || '; bought_in=' || contract_id
        || '; event=' || coalesce(contract_event_id, 'none')
        || '; elected=' || coalesce(elected_treatment, 'nothing') as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        decided_ordinal as as_of_ordinal
    from exercises
),

fct_option_judgements as (
    select * from judged_options
    union all
    select * from judged_exercises
)

select * from fct_option_judgements

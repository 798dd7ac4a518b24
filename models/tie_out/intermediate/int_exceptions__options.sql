-- One row per option whose worth is not known, and per election on options that is not applied.
with

first_terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

not_estimated as (
    select
        'MISSING_ESTIMATE' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        standalone_amount as amount,
        currency,
        case
            when measure = 'set_up' then 'Nobody estimated how often the customer will renew (option_exercise): the set-up fee is earned over the first interval.'
            when rule_code = 'D9.NO_ESTIMATE' then 'Nobody estimated how often the customer will renew (option_exercise): nothing is deferred for renewals, the fees are earned over the term agreed.'
            else 'Nobody estimated whether the option will be exercised (option_exercise) when it was agreed: it is deferred as if it certainly will be.'
        end as message
    from first_terms
    where
        estimate_id is null
        and (outcome = 'MATERIAL_RIGHT' or rule_code = 'D9.NO_ESTIMATE')
),

not_priced as (
    select
        'NO_SSP' as exception_code,
        'block' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        cast(null as decimal(38, 18)) as amount,
        currency,
        'No standalone selling price says what the option is worth: it is treated as no right until one is known.' as message
    from first_terms
    where rule_code = 'D9.NO_SSP'
),

for_one_book as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        entities.entity_id,
        cast(null as varchar) as contract_id,
        elections.election_id as subject,
        cast(null as decimal(38, 18)) as amount,
        cast(null as varchar) as currency,
        'Options are judged alike in both books (' || elections.topic || '): elect it for both.' as message
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    inner join {{ ref('dim_entities') }} as entities
        on elections.scope_type <> 'entity' or entities.entity_id = elections.scope_id
    where
        elections.topic in ('material_right', 'renewal_option', 'material_right_threshold', 'option_exercise')
        and elections.book <> '*'
        and elections.known_until_at is null
        and entities.entity_id in (select first_terms.entity_id from first_terms)
),

-- A purchase in a contract of its own is no event of the contract that granted the right.
exercised_apart as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        exercises.entity_id,
        exercises.contract_id,
        exercises.election_id || ' / ' || exercises.line_id as subject,
        cast(null as decimal(38, 18)) as amount,
        first_terms.currency,
        'The exercise is no event of the contract that granted the right: it continues that contract (option_exercise). State it as a line of contract '
        || exercises.option_contract_id || ' that cites an event, or elect continuation for it.' as message
    from {{ ref('fct_option_exercises') }} as exercises
    inner join first_terms
        on first_terms.line_id = exercises.option_line_id
        and first_terms.outcome = 'MATERIAL_RIGHT'
        and first_terms.measure = 'ssp'
    where
        exercises.elected_treatment = 'modification'
        and (exercises.contract_event_id is null or exercises.contract_id <> exercises.option_contract_id)
),

int_exceptions__options as (
    select * from not_estimated
    union all
    select * from not_priced
    union all
    select * from for_one_book
    union all
    select * from exercised_apart
)

select * from int_exceptions__options

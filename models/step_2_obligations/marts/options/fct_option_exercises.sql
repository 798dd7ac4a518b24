-- One row per contract line that exercises an option: which one, the closes at which that counts, and whether it modifies the contract (D12).
--
-- Exercise continues the contract, or by election is a modification of it: where it is an event of
-- the contract that gave the right, and what is bought is no contract of its own by that event.
with

exercises as (
    select
        bought.*,
        changes.contract_event_id,
        changes.treatment,
        coalesce(changes.known_from_ordinal, bought.counts_from_ordinal) as decided_ordinal
    from {{ ref('int_options__exercises') }} as bought
    -- the row that added the line, as first known
    left join (
        select *
        from {{ ref('fct_line_modifications') }}
        where adds = 'line'
        qualify row_number() over (partition by line_id order by known_from_ordinal, input_row) = 1
    ) as changes on changes.line_id = bought.line_id
),

elections as (
    {{ elections_of(['option_exercise'], 'exercises', 'line_id', {
        'line': 'option_line_id', 'contract': 'option_contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

-- Decided as the first close that knows the exercise sees it.
elected as (
    select
        elections.line_id,
        elections.choice,
        elections.election_id
    from elections
    inner join exercises
        on exercises.line_id = elections.line_id
        and exercises.decided_ordinal >= elections.known_ordinal
        and exercises.decided_ordinal < elections.replaced_ordinal
    where elections.book = '*'
    qualify row_number() over (partition by elections.line_id order by {{ nearest_election('elections') }}) = 1
),

fct_option_exercises as (
    select
        exercises.line_id,
        exercises.contract_id,
        exercises.entity_id,
        exercises.option_line_id,
        exercises.option_contract_id,
        exercises.counts_from_ordinal,
        exercises.counts_to_ordinal,
        exercises.contract_event_id,
        exercises.decided_ordinal,
        elected.choice as elected_treatment,
        elected.election_id,
        coalesce(
            elected.choice = 'modification'
            and exercises.measure = 'ssp'
            and exercises.option_contract_id = exercises.contract_id
            and exercises.treatment in ('PROSPECTIVE', 'CATCHUP'), false
        ) as is_modification
    from exercises
    left join elected on elected.line_id = exercises.line_id
)

select * from fct_option_exercises

-- One row per material right and closes that believed so: how much of it was exercised, of how much that is expected.
--
-- Counted in millionths of an exercise. Later expectations move this measure of progress and not the
-- amount deferred (D9). Of renewals that are looked through, what is expected beyond what was renewed
-- is part of the price: the consideration expected for the goods expected (ASC 606-10-55-45, IFRS 15.B43).
-- A contract that is terminated is not renewed any more.
with

terms as (
    select * from {{ ref('fct_options') }}
    where outcome = 'MATERIAL_RIGHT' or measure = 'set_up'
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

expectations as (
    select
        expectations.*,
        terms.inception_ordinal
    from {{ ref('fct_option_expectations') }} as expectations
    inner join terms on terms.line_id = expectations.line_id
),

exercises as (
    select * from {{ ref('int_option_exercises__intervals') }}
),

endings as (
    select
        terms.line_id,
        terminations.known_ordinal,
        terminations.withdrawn_ordinal
    from terms
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = terms.contract_id
    where terms.measure = 'look_through'
),

-- What each of these says from its close on; what was expected before the right began is part of that.
later_expectations as (
    select * from expectations
    where known_from_ordinal > inception_ordinal
),

exercise_closes as (
    select
        option_line_id as line_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family
    from exercises
),

{{ windows_between_closes('line_id', {
    'terms': {'inception_ordinal': family('contract')},
    'exercise_closes': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'later_expectations': {'known_from_ordinal': family('estimate')},
    'endings': {'known_ordinal': family('contract'), 'withdrawn_ordinal': family('contract')},
}) }},

beliefs as (
    select
        line_id,
        window_from_ordinal as known_from_ordinal,
        window_to_ordinal as known_to_ordinal,
        arrived_family
    from windows
),

exercised_lines as (
    select
        beliefs.line_id,
        beliefs.known_from_ordinal,
        exercises.line_id as exercising_line_id,
        count(distinct exercises.interval_number) as interval_count,
        min(exercises.amount_interval) as amount_interval,
        max(exercises.quantity) as quantity,
        min(exercises.from_date) as from_date,
        max(exercises.to_date) as to_date,
        bool_or(exercises.segment_is_open) as goes_on
    from beliefs
    inner join exercises
        on exercises.option_line_id = beliefs.line_id
        and exercises.known_from_ordinal <= beliefs.known_from_ordinal
        and exercises.known_to_ordinal > beliefs.known_from_ordinal
    group by beliefs.line_id, beliefs.known_from_ordinal, exercises.line_id
),

exercised as (
    select
        exercised_lines.line_id,
        exercised_lines.known_from_ordinal,
        max(exercised_lines.to_date) as exercised_to_date,
        bool_or(exercised_lines.goes_on) as goes_on,
        sum({{ exercised_units('exercised_lines', 'terms') }}) as exercised_units
    from exercised_lines
    inner join terms on terms.line_id = exercised_lines.line_id
    group by exercised_lines.line_id, exercised_lines.known_from_ordinal
),

measured as (
    select
        beliefs.*,
        terms.contract_id,
        terms.entity_id,
        terms.obligation_id,
        terms.measure,
        terms.renewal_amount,
        exercised.exercised_to_date,
        coalesce(exercised.goes_on, false) as goes_on,
        coalesce(exercised.exercised_units, 0) as exercised_units,
        case
            when endings.line_id is not null then 0
            -- the first interval, and every one that is expected to follow
            when terms.measure = 'set_up' and terms.outcome <> 'MATERIAL_RIGHT' then 1000000
            when terms.measure = 'set_up' then 1000000 + coalesce(case when expectations.value_unit = 'units' then {{ millionths('expectations.expected_value') }} end, 0)
            when expectations.value_unit = 'units' then {{ millionths('expectations.expected_value') }}
            when terms.measure = 'look_through' then {{ millionths('coalesce(expectations.expected_value, 1)') }}
            -- of a right to many units, as many as are likely; of a right to buy once, the whole
            else greatest(1000000, {{ millionths('coalesce(terms.quantity, 1) * cast(coalesce(expectations.expected_value, 1) as decimal(10, 9))') }})
        end as expected_units
    from beliefs
    inner join terms on terms.line_id = beliefs.line_id
    left join expectations
        on expectations.line_id = beliefs.line_id
        and expectations.known_from_ordinal <= beliefs.known_from_ordinal
        and expectations.known_to_ordinal > beliefs.known_from_ordinal
    left join exercised
        on exercised.line_id = beliefs.line_id
        and exercised.known_from_ordinal = beliefs.known_from_ordinal
    left join endings
        on endings.line_id = beliefs.line_id
        and endings.known_ordinal <= beliefs.known_from_ordinal
        and endings.withdrawn_ordinal > beliefs.known_from_ordinal
),

fct_option_progress as (
    select
        line_id,
        contract_id,
        entity_id,
        obligation_id,
        known_from_ordinal,
        cast(known_to_ordinal as integer) as known_to_ordinal,
        arrived_family,
        exercised_to_date,
        goes_on,
        cast(exercised_units as decimal(38, 0)) as exercised_units,
        -- what was renewed replaces what was expected to be
        cast(case when measure = 'look_through' then greatest(expected_units, exercised_units) else expected_units end as decimal(38, 0)) as expected_units,
        case
            when measure = 'look_through'
                then {{ share_of('cast(renewal_amount as decimal(38, 18))', 'greatest(0, expected_units - exercised_units)', '1000000') }}
            else cast(0 as decimal(38, 18))
        end as expected_renewals_amount
    from measured
)

select * from fct_option_progress

-- One row per material right, closes that believed so, and fee interval of a line that exercises it: how many of the units expected the line reaches.
--
-- Units are millionths of an exercise. Lines count in the order in which they begin.
with

terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

-- A line that counts no longer has carried its part once: it is told to carry nothing.
carried as (
    select
        beliefs.line_id as option_line_id,
        beliefs.obligation_id as right_obligation_id,
        beliefs.contract_id as right_contract_id,
        beliefs.known_from_ordinal as right_from_ordinal,
        beliefs.known_to_ordinal as right_to_ordinal,
        beliefs.arrived_family as right_arrived_family,
        beliefs.replaced_family as right_replaced_family,
        beliefs.amount as right_amount,
        beliefs.expected_units,
        exercises.* exclude (option_line_id),
        exercises.known_to_ordinal > beliefs.known_from_ordinal as is_in_force
    from {{ ref('int_rights__beliefs') }} as beliefs
    inner join {{ ref('int_rights__exercised_fees') }} as exercises
        on exercises.option_line_id = beliefs.line_id
        and exercises.known_from_ordinal <= beliefs.known_from_ordinal
        and (exercises.known_to_ordinal > beliefs.known_from_ordinal or exercises.pattern = 'point_in_time')
    qualify exercises.known_to_ordinal > beliefs.known_from_ordinal or row_number() over (
        partition by beliefs.line_id, beliefs.known_from_ordinal, exercises.line_id
        order by exercises.known_from_ordinal desc
    ) = 1 and not bool_or(exercises.known_to_ordinal > beliefs.known_from_ordinal) over (
        partition by beliefs.line_id, beliefs.known_from_ordinal, exercises.line_id
    )
),

exercised_lines as (
    select
        carried.option_line_id as line_id,
        carried.right_from_ordinal,
        carried.line_id as exercising_line_id,
        count(distinct carried.interval_number) as interval_count,
        min(carried.amount_interval) as amount_interval,
        max(carried.quantity) as quantity,
        min(carried.from_date) as from_date,
        max(carried.to_date) as to_date,
        cast(max(carried.expected_units) as {{ wide_integer() }}) as expected_units
    from carried
    where carried.is_in_force and carried.is_latest_segment
    group by carried.option_line_id, carried.right_from_ordinal, carried.line_id
),

counted as (
    select
        exercised_lines.line_id,
        exercised_lines.right_from_ordinal,
        exercised_lines.exercising_line_id,
        exercised_lines.from_date,
        exercised_lines.expected_units,
        {{ exercised_units('exercised_lines', 'terms') }} as units
    from exercised_lines
    inner join terms on terms.line_id = exercised_lines.line_id
),

-- What is exercised beyond what was expected finds nothing left.
reached as (
    select
        *,
        least(expected_units, sum(units) over in_order) as units_to_date,
        least(expected_units, sum(units) over in_order - units) as units_before
    from counted
    window in_order as (
        partition by line_id, right_from_ordinal order by from_date, exercising_line_id
        rows between unbounded preceding and current row
    )
),

int_rights__exercising_fees as (
    select
        carried.*,
        cast(coalesce(reached.units_to_date, 0) as decimal(38, 0)) as units_to_date,
        cast(coalesce(reached.units_before, 0) as decimal(38, 0)) as units_before
    from carried
    left join reached
        on reached.line_id = carried.option_line_id
        and reached.right_from_ordinal = carried.right_from_ordinal
        and reached.exercising_line_id = carried.line_id
)

select * from int_rights__exercising_fees

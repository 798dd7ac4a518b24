-- One row per fee interval of a line that exercises an option and closes that believed so: the part of the material right that it carries.
--
-- What was deferred for a right is earned as what was bought under it passes to the customer
-- (ASC 606-10-55-42, IFRS 15.B40): rows of the exercising line, in the obligation of the right. Where
-- exercise is a modification (D12) they are told apart: they join the price of what was bought.
with

beliefs as (
    select
        * replace (
            cast(expected_units as {{ wide_integer() }}) as expected_units,
            cast(exercised_units as {{ wide_integer() }}) as exercised_units
        )
    from {{ ref('int_rights__beliefs') }}
),

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
    from beliefs
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
        max(carried.expected_units) as expected_units
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
        cast(least(expected_units, sum(units) over in_order) as {{ wide_integer() }}) as units_to_date,
        cast(least(expected_units, sum(units) over in_order - units) as {{ wide_integer() }}) as units_before
    from counted
    window in_order as (
        partition by line_id, right_from_ordinal order by from_date, exercising_line_id
        rows between unbounded preceding and current row
    )
),

weighed as (
    select
        carried.*,
        coalesce(reached.units_to_date, 0) as units_to_date,
        coalesce(reached.units_before, 0) as units_before,
        -- in proportion to the stated fee, of what costs nothing by its days
        case
            when sum(carried.stated_amount) over line_rows > 0 then {{ to_minor_units('carried.stated_amount', '4') }}
            else greatest(1, {{ days_between('carried.from_date', 'carried.to_date') }})
        end as weight
    from carried
    left join reached
        on reached.line_id = carried.option_line_id
        and reached.right_from_ordinal = carried.right_from_ordinal
        and reached.exercising_line_id = carried.line_id
    window line_rows as (partition by carried.option_line_id, carried.right_from_ordinal, carried.line_id, carried.segment_number)
),

shares as (
    select
        *,
        case
            when is_in_force and expected_units > 0
                then {{ wide_share_of('right_amount', 'units_to_date', 'expected_units') }} - {{ wide_share_of('right_amount', 'units_before', 'expected_units') }}
            else cast(0 as decimal(38, 18))
        end as line_share,
        cast(sum(weight) over in_order as {{ wide_integer() }}) as weight_to_date,
        cast(sum(weight) over in_order - weight as {{ wide_integer() }}) as weight_before,
        cast(sum(weight) over (partition by option_line_id, right_from_ordinal, line_id, segment_number) as {{ wide_integer() }}) as whole_weight
    from weighed
    window in_order as (
        partition by option_line_id, right_from_ordinal, line_id, segment_number order by from_date, to_date
        rows between unbounded preceding and current row
    )
),

int_rights__fees as (
    select
        * exclude (
            option_line_id, right_obligation_id, right_contract_id, right_from_ordinal, right_to_ordinal, right_arrived_family,
            right_replaced_family, right_amount, expected_units, is_in_force, units_to_date, units_before, weight, line_share,
            weight_to_date, weight_before, whole_weight
        )
        replace (
            right_obligation_id as obligation_id,
            right_contract_id as contract_id,
            case pattern
                when 'ratable_by_day' then 'right_platform'
                when 'point_in_time' then 'right_delivery'
                else 'right_service'
            end as component,
            right_obligation_id as pool_id,
            case when is_modification then segment_number else 0 end as segment_number,
            0 as last_segment_number,
            cast(null as date) as segment_from_date,
            cast(null as date) as segment_to_date,
            false as segment_is_open,
            false as ends_contract,
            false as is_modified,
            right_from_ordinal as believed_from_ordinal,
            right_from_ordinal as known_from_ordinal,
            right_to_ordinal as known_to_ordinal,
            right_arrived_family as arrived_family,
            right_replaced_family as replaced_family,
            cast(0 as decimal(38, 18)) as stated_amount,
            cast(0 as decimal(38, 18)) as standalone_amount,
            {{ wide_share_of('line_share', 'weight_to_date', 'whole_weight') }} - {{ wide_share_of('line_share', 'weight_before', 'whole_weight') }} as allocated_amount
        )
    from shares
    -- what counts no longer in modified terms is not in them
    where is_in_force or not is_modification
)

select * from int_rights__fees

-- One row per material right and closes that believed so: what is deferred for it, how much of it was exercised, and when it ends.
--
-- A right measured by its standalone price keeps what was allocated to it; what is expected of it only
-- moves the measure of progress (D9). A renewal that is looked through is measured anew with what is
-- expected: initial price and expected renewals spread evenly over both (ASC 606-10-55-45, IFRS 15.B43).
with

fees as (
    select * from {{ ref('int_fees__allocated') }}
    where pattern = 'material_right'
),

-- The amount is that of the terms as first agreed, the window that of the terms now in force.
rights as (
    select
        fees.line_id,
        fees.known_from_ordinal,
        fees.known_to_ordinal,
        max(fees.arrived_family) as arrived_family,
        max(fees.replaced_family) as replaced_family,
        sum(case when fees.segment_number = 0 then fees.allocated_amount else 0 end) as allocated_amount,
        max(case when fees.is_latest_segment then fees.from_date end) as from_date,
        max(case when fees.is_latest_segment and fees.to_date > fees.from_date then fees.to_date end) as to_date
    from fees
    group by fees.line_id, fees.known_from_ordinal, fees.known_to_ordinal
),

exercises as (
    select * from {{ ref('int_rights__exercises') }}
),

renewed_fees as (
    select * from {{ ref('int_rights__renewed_fees') }}
),

expectations as (
    select expectations.*
    from {{ ref('fct_option_expectations') }} as expectations
    where expectations.line_id in (select rights.line_id from rights)
),

arrivals as (
    select line_id, known_from_ordinal as known_ordinal, arrived_family as family from rights
    union all
    select line_id, known_to_ordinal, replaced_family from rights
    union all
    select option_line_id, known_from_ordinal, arrived_family from exercises
    union all
    select option_line_id, known_to_ordinal, replaced_family from exercises
    union all
    select option_line_id, known_from_ordinal, arrived_family from renewed_fees
    union all
    select option_line_id, known_to_ordinal, replaced_family from renewed_fees
    union all
    select line_id, known_from_ordinal, {{ family('estimate') }} from expectations
),

closes as (
    select
        line_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by line_id order by known_ordinal) as known_to_ordinal,
        max(family) as arrived_family,
        lead(max(family), 1, {{ family('contract') }}) over (partition by line_id order by known_ordinal) as replaced_family
    from arrivals
    where known_ordinal < 999999
    group by line_id, known_ordinal
),

held as (
    select
        closes.*,
        rights.allocated_amount,
        rights.from_date,
        rights.to_date
    from closes
    inner join rights
        on rights.line_id = closes.line_id
        and rights.known_from_ordinal <= closes.known_from_ordinal
        and rights.known_to_ordinal > closes.known_from_ordinal
),

renewed as (
    select
        held.line_id,
        held.known_from_ordinal,
        sum(renewed_fees.allocated_amount) as initial_amount,
        max(renewed_fees.to_date) as initial_to_date
    from held
    inner join renewed_fees
        on renewed_fees.option_line_id = held.line_id
        and renewed_fees.known_from_ordinal <= held.known_from_ordinal
        and renewed_fees.known_to_ordinal > held.known_from_ordinal
        and renewed_fees.is_latest_segment
    group by held.line_id, held.known_from_ordinal
),

exercised_lines as (
    select
        held.line_id,
        held.known_from_ordinal,
        exercises.line_id as exercising_line_id,
        count(distinct exercises.interval_number) as interval_count,
        min(exercises.amount_interval) as amount_interval,
        max(exercises.quantity) as quantity,
        min(exercises.from_date) as from_date,
        max(exercises.to_date) as to_date
    from held
    inner join exercises
        on exercises.option_line_id = held.line_id
        and exercises.known_from_ordinal <= held.known_from_ordinal
        and exercises.known_to_ordinal > held.known_from_ordinal
    group by held.line_id, held.known_from_ordinal, exercises.line_id
),

terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

exercised as (
    select
        exercised_lines.line_id,
        exercised_lines.known_from_ordinal,
        max(exercised_lines.to_date) as exercised_to_date,
        sum({{ exercised_units('exercised_lines', 'terms') }}) as exercised_units
    from exercised_lines
    inner join terms on terms.line_id = exercised_lines.line_id
    group by exercised_lines.line_id, exercised_lines.known_from_ordinal
),

described as (
    select
        held.*,
        terms.obligation_id,
        terms.contract_id,
        terms.measure,
        terms.renewal_months,
        terms.initial_months,
        terms.renewal_amount,
        obligations.minor_unit_exponent,
        renewed.initial_amount,
        renewed.initial_to_date,
        exercised.exercised_to_date,
        coalesce(exercised.exercised_units, 0) as exercised_units,
        -- of a right to buy more than once by chance, as many units as are likely; of one to buy once, the whole
        case
            when coalesce(expectations.value_unit, 'rate') = 'units' then {{ millionths('expectations.expected_value') }}
            when terms.measure = 'look_through' then {{ millionths('coalesce(expectations.expected_value, 1)') }}
            else greatest(1000000, {{ millionths('coalesce(terms.quantity, 1) * cast(coalesce(expectations.expected_value, 1) as decimal(10, 9))') }})
        end as expected_units
    from held
    inner join terms on terms.line_id = held.line_id
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = terms.obligation_id
    left join expectations
        on expectations.line_id = held.line_id
        and expectations.known_from_ordinal <= held.known_from_ordinal
        and expectations.known_to_ordinal > held.known_from_ordinal
    left join renewed
        on renewed.line_id = held.line_id
        and renewed.known_from_ordinal = held.known_from_ordinal
    left join exercised
        on exercised.line_id = held.line_id
        and exercised.known_from_ordinal = held.known_from_ordinal
),

-- What was renewed replaces what was expected to be.
counted as (
    select
        * replace (
            case when measure = 'look_through' then greatest(expected_units, exercised_units) else expected_units end as expected_units
        )
    from described
),

int_rights__beliefs as (
    select
        line_id,
        obligation_id,
        contract_id,
        measure,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        from_date,
        case
            when measure = 'look_through' then greatest(to_date, initial_to_date, exercised_to_date)
            -- the last day of the window is still in it
            else cast(to_date - interval 1 day as date)
        end as lapse_date,
        cast(expected_units as decimal(38, 0)) as expected_units,
        cast(least(exercised_units, expected_units) as decimal(38, 0)) as exercised_units,
        cast(coalesce(initial_amount, 0) as decimal(38, 18)) as renewed_amount,
        renewal_amount,
        minor_unit_exponent,
        case
            when measure = 'ssp' then cast(allocated_amount as decimal(38, 18))
            when expected_units = 0 then cast(0 as decimal(38, 18))
            else cast(greatest(0, {{ round_to_minor_unit(
                share_of(
                    'cast(initial_amount * renewal_months - renewal_amount * initial_months as decimal(38, 18))',
                    'expected_units', 'initial_months * 1000000 + renewal_months * expected_units'
                ), 'minor_unit_exponent'
            ) }}) as decimal(38, 18))
        end as amount
    from counted
)

select * from int_rights__beliefs

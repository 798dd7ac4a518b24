-- One row per material right and closes that believed so: what of the price is deferred for it, how much was exercised, and when it ends.
--
-- A right measured by its standalone price keeps what was allocated to it. A renewal that is looked
-- through is measured anew with what is expected: the initial price and the renewals expected are
-- spread evenly over both, and the right is what the initial price leaves for the renewals
-- (ASC 606-10-55-45, IFRS 15.B43).
with

closes as (
    select * from {{ ref('int_rights__closes') }}
),

progress as (
    select
        * replace (
            cast(exercised_units as {{ wide_integer() }}) as exercised_units,
            cast(expected_units as {{ wide_integer() }}) as expected_units
        )
    from {{ ref('fct_option_progress') }}
),

renewed_fees as (
    select * from {{ ref('int_rights__renewed_fees') }}
    where not is_renewal
),

terms as (
    select * from {{ ref('fct_options') }}
    where outcome = 'MATERIAL_RIGHT' or measure = 'set_up'
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

renewed as (
    select
        closes.line_id,
        closes.known_from_ordinal,
        sum(renewed_fees.allocated_amount) as renewed_amount,
        max(renewed_fees.to_date) as renewed_to_date
    from closes
    inner join renewed_fees
        on renewed_fees.option_line_id = closes.line_id
        and renewed_fees.known_from_ordinal <= closes.known_from_ordinal
        and renewed_fees.known_to_ordinal > closes.known_from_ordinal
        and renewed_fees.is_latest_segment
    group by closes.line_id, closes.known_from_ordinal
),

described as (
    select
        closes.*,
        terms.obligation_id,
        terms.contract_id,
        terms.measure,
        terms.renewal_months,
        terms.initial_months,
        terms.renewal_amount,
        obligations.minor_unit_exponent,
        renewed.renewed_amount,
        renewed.renewed_to_date,
        progress.exercised_to_date,
        progress.goes_on,
        progress.expected_units,
        progress.exercised_units
    from closes
    inner join terms on terms.line_id = closes.line_id
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = terms.obligation_id
    -- before the contract counted as one, as when it first did
    inner join progress
        on progress.line_id = closes.line_id
        and progress.known_from_ordinal <= greatest(closes.known_from_ordinal, terms.inception_ordinal)
        and progress.known_to_ordinal > greatest(closes.known_from_ordinal, terms.inception_ordinal)
    left join renewed
        on renewed.line_id = closes.line_id
        and renewed.known_from_ordinal = closes.known_from_ordinal
),

int_rights__beliefs as (
    select
        line_id,
        obligation_id,
        contract_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        from_date,
        case
            -- as long as it goes on without an end, so may the right
            when goes_on then null
            when measure = 'set_up' then cast(exercised_to_date - interval 1 day as date)
            when measure = 'look_through' then greatest(to_date, renewed_to_date, exercised_to_date)
            -- the last day of the window is still in it
            else cast(to_date - interval 1 day as date)
        end as lapse_date,
        cast(expected_units as decimal(38, 0)) as expected_units,
        cast(least(exercised_units, expected_units) as decimal(38, 0)) as exercised_units,
        cast(coalesce(renewed_amount, 0) as decimal(38, 18)) as renewed_amount,
        minor_unit_exponent,
        case
            when measure in ('ssp', 'set_up') then cast(allocated_amount as decimal(38, 18))
            when renewed_amount is null then cast(0 as decimal(38, 18))
            else cast(greatest(0, {{ round_to_minor_unit(
                share_of_measure(
                    'cast(renewed_amount * renewal_months - renewal_amount * initial_months as decimal(38, 18))',
                    'expected_units', 'initial_months * 1000000 + renewal_months * expected_units'
                ), 'minor_unit_exponent'
            ) }}) as decimal(38, 18))
        end as amount
    from described
)

select * from int_rights__beliefs

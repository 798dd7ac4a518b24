-- One row per fee interval and closes that believed so: what of a material right waits for its end, and what a service renewed keeps of its price.
with

beliefs as (
    select
        * replace (
            cast(expected_units as {{ wide_integer() }}) as expected_units,
            cast(exercised_units as {{ wide_integer() }}) as exercised_units
        )
    from {{ ref('int_rights__beliefs') }}
),

-- What waits: earned when the right ends.
waiting as (
    select
        fees.* replace (
            'fee' as component,
            beliefs.obligation_id as pool_id,
            0 as segment_number,
            0 as last_segment_number,
            true as is_latest_segment,
            cast(null as date) as segment_from_date,
            cast(null as date) as segment_to_date,
            false as segment_is_open,
            false as ends_contract,
            false as is_modified,
            beliefs.known_from_ordinal as believed_from_ordinal,
            beliefs.known_from_ordinal as known_from_ordinal,
            beliefs.known_to_ordinal as known_to_ordinal,
            beliefs.arrived_family as arrived_family,
            beliefs.replaced_family as replaced_family,
            coalesce(beliefs.lapse_date, beliefs.from_date) as from_date,
            case
                when beliefs.lapse_date is null then beliefs.from_date
                else cast(beliefs.lapse_date + interval 1 day as date)
            end as to_date,
            beliefs.amount - case
                when beliefs.expected_units > 0 then {{ wide_share_of('beliefs.amount', 'beliefs.exercised_units', 'beliefs.expected_units') }}
                else 0
            end as allocated_amount
        )
    from beliefs
    inner join {{ ref('int_fees__allocated') }} as fees
        on fees.line_id = beliefs.line_id
        and fees.is_latest_segment
        and fees.known_from_ordinal <= beliefs.known_from_ordinal
        and fees.known_to_ordinal > beliefs.known_from_ordinal
    -- an end of the contract that cuts its window leaves one right
    qualify row_number() over (partition by beliefs.line_id, beliefs.known_from_ordinal order by fees.from_date, fees.to_date) = 1
),

-- The service renewed gives up what belongs to its renewals.
giving as (
    select
        fees.* exclude (option_line_id, is_renewal),
        beliefs.known_from_ordinal as right_from_ordinal,
        beliefs.known_to_ordinal as right_to_ordinal,
        beliefs.arrived_family as right_arrived_family,
        beliefs.replaced_family as right_replaced_family,
        {{ to_minor_units('beliefs.renewed_amount', 'beliefs.minor_unit_exponent') }} as whole,
        {{ to_minor_units('(beliefs.renewed_amount - beliefs.amount)', 'beliefs.minor_unit_exponent') }} as kept,
        sum(fees.allocated_amount) over (
            partition by beliefs.line_id, beliefs.known_from_ordinal, fees.segment_number order by fees.from_date, fees.to_date, fees.line_id
            rows between unbounded preceding and current row
        ) as allocated_to_date
    from {{ ref('int_rights__renewed_fees') }} as fees
    inner join beliefs
        on not fees.is_renewal
        and beliefs.line_id = fees.option_line_id
        and beliefs.known_from_ordinal >= fees.known_from_ordinal
        and beliefs.known_from_ordinal < fees.known_to_ordinal
),

given as (
    select
        * exclude (right_from_ordinal, right_to_ordinal, right_arrived_family, right_replaced_family, whole, kept, allocated_to_date)
        replace (
            right_from_ordinal as known_from_ordinal,
            right_to_ordinal as known_to_ordinal,
            case when is_modified then right_from_ordinal else believed_from_ordinal end as believed_from_ordinal,
            case when right_from_ordinal > known_from_ordinal then right_arrived_family else arrived_family end as arrived_family,
            case when right_to_ordinal < known_to_ordinal then right_replaced_family else replaced_family end as replaced_family,
            case
                when whole = 0 then allocated_amount
                else {{ wide_share_of('allocated_to_date', 'kept', 'whole') }} - {{ wide_share_of('allocated_to_date - allocated_amount', 'kept', 'whole') }}
            end as allocated_amount
        )
    from giving
),

-- Of changed terms the stated price is what remains is measured by: it is less by what belongs to the renewals.
kept as (
    select * replace (case when segment_number > 0 then allocated_amount else stated_amount end as stated_amount)
    from given
),

int_rights__kept_fees as (
    select * from waiting
    union all by name
    select * from kept
)

select * from int_rights__kept_fees

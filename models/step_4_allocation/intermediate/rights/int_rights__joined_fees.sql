-- One row per fee interval of a line whose exercise of a material right is a modification, segment and closes that believed so: its price, with what the right brings to it.
--
-- What was deferred for the part of the right that is exercised joins the price of what is bought; what
-- remains of the contract is then shared by standalone prices, as after any change of terms (D12;
-- ASC 606-10-25-13(a), IFRS 15.21(a)). Without a right in force the fee stands as stated.
with

exercises as (
    select
        line_id,
        option_line_id
    from {{ ref('fct_option_exercises') }}
    where is_modification
),

fees as (
    select fees.*
    from {{ ref('int_fees__allocated') }} as fees
    inner join exercises on exercises.line_id = fees.line_id
    where fees.component = 'fee'
),

shares as (
    select * from {{ ref('int_rights__fees') }}
    where is_modification
),

-- A fee is cut where what the right brings to it moves.
closes as (
    select
        fees.line_id,
        fees.known_from_ordinal,
        fees.known_from_ordinal as known_ordinal,
        fees.arrived_family as family
    from fees
    union
    select
        fees.line_id,
        fees.known_from_ordinal,
        shares.known_from_ordinal as known_ordinal,
        shares.arrived_family as family
    from fees
    inner join shares
        on shares.line_id = fees.line_id
        and shares.known_from_ordinal > fees.known_from_ordinal
        and shares.known_from_ordinal < fees.known_to_ordinal
    union
    select
        fees.line_id,
        fees.known_from_ordinal,
        shares.known_to_ordinal as known_ordinal,
        shares.replaced_family as family
    from fees
    inner join shares
        on shares.line_id = fees.line_id
        and shares.known_to_ordinal > fees.known_from_ordinal
        and shares.known_to_ordinal < fees.known_to_ordinal
),

windows as (
    select
        line_id,
        known_from_ordinal,
        known_ordinal,
        max(family) as family,
        lead(known_ordinal) over in_order as next_ordinal,
        lead(max(family)) over in_order as next_family
    from closes
    group by line_id, known_from_ordinal, known_ordinal
    window in_order as (partition by line_id, known_from_ordinal order by known_ordinal)
),

int_rights__joined_fees as (
    select
        exercises.option_line_id,
        coalesce(shares.allocated_amount, 0) as right_amount,
        fees.* replace (
            windows.known_ordinal as known_from_ordinal,
            coalesce(windows.next_ordinal, fees.known_to_ordinal) as known_to_ordinal,
            greatest(windows.known_ordinal, fees.believed_from_ordinal) as believed_from_ordinal,
            windows.family as arrived_family,
            coalesce(windows.next_family, fees.replaced_family) as replaced_family,
            fees.allocated_amount + coalesce(shares.allocated_amount, 0) as stated_amount,
            fees.allocated_amount + coalesce(shares.allocated_amount, 0) as allocated_amount
        )
    from fees
    inner join exercises on exercises.line_id = fees.line_id
    inner join windows
        on windows.line_id = fees.line_id
        and windows.known_from_ordinal = fees.known_from_ordinal
    left join shares
        on shares.line_id = fees.line_id
        and shares.part_id = fees.part_id
        and shares.segment_number = fees.segment_number
        and shares.from_date = fees.from_date
        and shares.to_date = fees.to_date
        and shares.known_from_ordinal <= windows.known_ordinal
        and shares.known_to_ordinal > windows.known_ordinal
)

select * from int_rights__joined_fees

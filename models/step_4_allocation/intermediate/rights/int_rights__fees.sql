-- One row per fee interval of a line that exercises an option and closes that believed so: the part of the material right that it carries.
--
-- What was deferred for a right is earned as what was bought under it passes to the customer
-- (ASC 606-10-55-42, IFRS 15.B40): rows of the exercising line, in the obligation of the right. Where
-- exercise is a modification (D12) they are told apart: they join the price of what was bought.
with

exercised as (
    select
        * replace (
            cast(expected_units as {{ wide_integer() }}) as expected_units,
            cast(units_to_date as {{ wide_integer() }}) as units_to_date,
            cast(units_before as {{ wide_integer() }}) as units_before
        )
    from {{ ref('int_rights__exercising_fees') }}
),

weighed as (
    select
        *,
        -- in proportion to the stated fee, of what costs nothing by its days
        case
            when sum(stated_amount) over line_rows > 0 then {{ to_minor_units('stated_amount', '4') }}
            else greatest(1, {{ days_between('from_date', 'to_date') }})
        end as weight
    from exercised
    window line_rows as (partition by option_line_id, right_from_ordinal, line_id, segment_number)
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

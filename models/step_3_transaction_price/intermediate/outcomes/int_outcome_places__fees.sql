-- One row per time that an outcome was resolved at a price that depends on how many were before it: its fee as it stands today.
--
-- Those that share a place bear the same of its fee.
with

latest as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        cast(fee_amount as decimal(38, 9)) as fee_amount
    from {{ ref('int_outcome_fees__places') }}
    qualify row_number() over (partition by line_segment_number, resolved_ordinal, place order by revision desc) = 1
),

reached as (
    select
        places.*,
        beliefs.quantity,
        sum(beliefs.quantity) over (partition by places.line_segment_number, places.resolved_ordinal, places.place) as place_quantity
    from {{ ref('int_outcome_places') }} as places
    inner join {{ ref('fct_outcome_beliefs') }} as beliefs
        on beliefs.outcome_id = places.outcome_id
        and beliefs.resolution_place = places.resolution_place
        and beliefs.known_to_ordinal = 999999
),

units as (
    select distinct
        line_segment_number,
        unit_code
    from {{ ref('fct_usage_rates') }}
    where rated_by = 'quantity'
),

int_outcome_places__fees as (
    select
        reached.outcome_id,
        reached.resolution_place,
        units.unit_code,
        {{ share_by_weight('latest.fee_amount', 'reached.quantity', 'reached.place_quantity') }} as fee_amount
    from reached
    inner join latest
        on latest.line_segment_number = reached.line_segment_number
        and latest.resolved_ordinal = reached.resolved_ordinal
        and latest.place = reached.place
    inner join units on units.line_segment_number = reached.line_segment_number
)

select * from int_outcome_places__fees

-- One row per line whose exercise of a material right is a modification and closes that believed so: what of the right joined the price of what was bought (D12).
with

fct_joined_rights as (
    select
        fees.line_id,
        fees.option_line_id,
        fees.obligation_id,
        fees.contract_id,
        fees.entity_id,
        exercises.contract_event_id,
        fees.known_from_ordinal,
        fees.known_to_ordinal,
        cast(sum(fees.right_amount) as decimal(38, 18)) as amount
    from {{ ref('int_rights__joined_fees') }} as fees
    inner join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = fees.line_id
    -- what was deferred is the same under all terms of the line
    where fees.segment_number = 0
    group by
        fees.line_id,
        fees.option_line_id,
        fees.obligation_id,
        fees.contract_id,
        fees.entity_id,
        exercises.contract_event_id,
        fees.known_from_ordinal,
        fees.known_to_ordinal
)

select * from fct_joined_rights

-- One row per contract that says more of its price than what each promise costs, and the close since which it does: price lines, fees off their standalone prices, rights, lines given up or added.
--
-- What is kept of the price of days or units that an event takes away, and what it asks for a promise that it adds at another price than its
-- standalone price, is consideration for all that remains (D12; ASC 606-10-25-13(a), IFRS 15.21(a)): from the close that knows of it the contract
-- shares what remains. The rest is so from the first.
with

from_the_first as (
    select contract_id from {{ ref('dim_obligation_lines') }}
    where pattern = 'price_only'

    union

    select contract_id from {{ ref('fct_line_selling_prices') }}
    where
        contract_event_id is null
        and not is_at_ssp

    union

    -- what is promised for nothing has a standalone selling price all the same
    select contract_id from {{ ref('fct_fee_intervals') }}
    where
        amount = 0
        and segment_number = 0
        and pattern not in ('price_only', 'material_right')

    union

    -- a material right shares in the price
    select contract_id from {{ ref('fct_options') }}
    where
        outcome = 'MATERIAL_RIGHT'
        and measure = 'ssp'
),

reasons as (
    select
        contract_id,
        0 as from_ordinal
    from from_the_first

    union all

    select
        fees.contract_id,
        fees.known_from_ordinal as from_ordinal
    from {{ ref('fct_fee_intervals') }} as fees
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = fees.contract_id
    where
        (fees.pattern in {{ patterns_spread_by_day() }} or fees.pattern in {{ patterns_by_handover() }})
        and {{ round_to_minor_unit('fees.kept_amount', 'contracts.minor_unit_exponent') }} > 0

    union all

    select
        contract_id,
        known_from_ordinal as from_ordinal
    from {{ ref('int_pools__added_lines') }}
),

int_pools__candidates as (
    select
        contract_id,
        cast(min(from_ordinal) as integer) as from_ordinal
    from reasons
    group by contract_id
)

select * from int_pools__candidates

-- One row per fee interval of a contract whose price has other parts spread over its fees, or a fee itself, and window of belief.
--
-- All fees of such a contract are cut at the same closes; what arrives and what it replaces have one cause.
with

parts as (
    select * from {{ ref('fct_price_parts') }}
    where spread_over = 'fees'
),

immaterial as (
    select
        contract_id,
        obligation_id
    from {{ ref('fct_immaterial_promises') }}
    where is_immaterial
),

fees as (
    select
        fees.*,
        obligations.product_id,
        fees.obligation_id in (select obligation_id from immaterial) as is_immaterial,
        row_number() over (order by fees.contract_id, fees.part_id, fees.component, fees.segment_number, fees.known_from_ordinal, fees.from_date, fees.to_date) as fee_number
    from {{ ref('int_fees__levelled') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = fees.obligation_id
    where
        (fees.contract_id in (select contract_id from parts) or fees.contract_id in (select contract_id from immaterial))
        and {{ carries_price_parts('fees') }}
),

{{ windows_between_closes('contract_id', {
    'fees': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'parts': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
}) }},

int_fees__beliefs as (
    select
        fees.* exclude (known_from_ordinal, known_to_ordinal, arrived_family, replaced_family),
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family
    from windows
    inner join fees
        on fees.contract_id = windows.contract_id
        and fees.known_from_ordinal <= windows.window_from_ordinal
        and fees.known_to_ordinal > windows.window_from_ordinal
)

select * from int_fees__beliefs

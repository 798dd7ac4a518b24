-- One row per line segment, dimensions and close at which its price may have changed: the price that the close chose.
with

matches as (
    select * from {{ ref('int_usage_rates__matches') }}
),

{{ chosen_at_each_close(
    'matches',
    ['line_segment_number', 'dim_1_value', 'dim_2_value'],
    'matches.nearness desc nulls last, matches.valid_from_at desc, matches.recorded_at desc, matches.price_id asc',
) }},

-- What a price charges is the contract's currency, or credits of which its wallet holds a lot.
lot_units as (
    select distinct
        lines.line_id,
        lots.unit_code
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_contract_wallets') }} as wallets on wallets.contract_id = lines.contract_id
    inner join {{ ref('fct_credit_lots') }} as lots on lots.wallet_id = wallets.wallet_id
),

chargeable as (
    select
        chosen.*,
        coalesce(chosen.unit_code = chosen.currency or lot_units.unit_code is not null, false) as is_chargeable
    from chosen
    left join lot_units
        on lot_units.line_id = chosen.line_id
        and lot_units.unit_code = chosen.unit_code
),

-- Charges in one unit cannot be corrected by charges in another: the first unit stays.
first_units as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        min_by(unit_code, known_from_ordinal) as charged_unit_code
    from chargeable
    where is_chargeable
    group by line_segment_number, dim_1_value, dim_2_value
),

int_usage_rates__chosen as (
    select
        chargeable.*,
        first_units.charged_unit_code,
        case
            when chargeable.price_id is null then 'NO_PRICE'
            when not coalesce(chargeable.is_chargeable and chargeable.unit_code = first_units.charged_unit_code, false) then 'BAD_CURRENCY'
            else chargeable.unrated_reason
        end as not_rated_reason
    from chargeable
    left join first_units
        on first_units.line_segment_number = chargeable.line_segment_number
        and first_units.dim_1_value is not distinct from chargeable.dim_1_value
        and first_units.dim_2_value is not distinct from chargeable.dim_2_value
)

select * from int_usage_rates__chosen

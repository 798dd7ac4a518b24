-- One row per line segment, dimensions and version of its price as the closes knew it.
--
-- The rate is a pair of whole numbers (two_parts): 10^-18ths of the currency per unit, and the
-- rest of that division, so that a product with any quantity is exact to the 18th decimal.
with

matches as (
    select * from {{ ref('int_usage_rates__matches') }}
),

closes as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        holds_from_ordinal as known_from_ordinal
    from matches
    union
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        holds_to_ordinal as known_from_ordinal
    from matches
    where holds_to_ordinal < 999999
),

chosen as (
    select
        closes.line_segment_number,
        closes.dim_1_value,
        closes.dim_2_value,
        closes.known_from_ordinal,
        matches.* exclude (line_segment_number, dim_1_value, dim_2_value, holds_from_ordinal, holds_to_ordinal)
    from closes
    left join matches
        on matches.line_segment_number = closes.line_segment_number
        and matches.dim_1_value is not distinct from closes.dim_1_value
        and matches.dim_2_value is not distinct from closes.dim_2_value
        and matches.holds_from_ordinal <= closes.known_from_ordinal
        and matches.holds_to_ordinal > closes.known_from_ordinal
    qualify row_number() over (
        partition by closes.line_segment_number, closes.dim_1_value, closes.dim_2_value, closes.known_from_ordinal
        order by matches.nearness desc nulls last, matches.valid_from_at desc, matches.recorded_at desc, matches.price_id asc
    ) = 1
),

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

priced as (
    select
        chargeable.*,
        first_units.charged_unit_code,
        coalesce(chargeable.is_chargeable and chargeable.unit_code = first_units.charged_unit_code, false) as is_in_unit,
        coalesce(
            chargeable.is_chargeable
            and chargeable.unit_code = first_units.charged_unit_code
            and chargeable.not_eligible_reason is null,
            false
        ) as is_rated,
        {{ billionths('chargeable.rate_amount') }} * (1000000000 - {{ billionths('coalesce(chargeable.discount_rate, 0)') }}) as rate_attos,
        {{ billionths('coalesce(chargeable.rate_per_quantity, 1)') }} as per_billionths
    from chargeable
    left join first_units
        on first_units.line_segment_number = chargeable.line_segment_number
        and first_units.dim_1_value is not distinct from chargeable.dim_1_value
        and first_units.dim_2_value is not distinct from chargeable.dim_2_value
),

valued as (
    select
        *,
        case when is_rated then {{ int_div('rate_attos * 1000000000', 'per_billionths') }} else 0 end as rate_whole,
        case
            when is_rated
                then {{ int_div('((rate_attos * 1000000000) % per_billionths) * 1000000000000000000', 'per_billionths') }}
            else 0
        end as rate_rest
    from priced
),

compared as (
    select
        *,
        row_number() over version as version_number,
        lag(rate_whole) over version as rate_whole_before,
        lag(rate_rest) over version as rate_rest_before,
        lag(is_rated) over version as is_rated_before
    from valued
    window version as (partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal)
),

-- A version that changes nothing is no version: what is reaffirmed writes no row.
changed as (
    select *
    from compared
    where
        version_number = 1
        or rate_whole <> rate_whole_before
        or rate_rest <> rate_rest_before
        or is_rated <> is_rated_before
),

revised as (
    select
        *,
        -- the first price comes with the agreement, a later one with a change of terms or as a correction
        known_from_ordinal * 10 + case
            when row_number() over version = 1 then {{ family('contract') }}
            when arrived_family = {{ family('modification') }} then {{ family('modification') }}
            else {{ family('rating') }}
        end as revision,
        coalesce(lag(rate_whole) over version, 0) as previous_rate_whole,
        coalesce(lag(rate_rest) over version, 0) as previous_rate_rest
    from changed
    window version as (partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal)
),

fct_usage_rates as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        line_id,
        entity_id,
        price_id,
        known_from_ordinal,
        revision,
        coalesce(
            lead(revision) over (
                partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal
            ),
            99999999
        ) as next_revision,
        is_rated,
        case
            when price_id is null then 'NO_PRICE'
            when not is_in_unit then 'BAD_CURRENCY'
            else not_eligible_reason
        end as not_rated_reason,
        charged_unit_code as unit_code,
        rate_amount,
        rate_per_quantity,
        discount_rate,
        cast(rate_whole as decimal(38, 0)) as rate_whole,
        cast(rate_rest as decimal(38, 0)) as rate_rest,
        cast(rate_whole - previous_rate_whole as decimal(38, 0)) as rate_whole_change,
        cast(rate_rest - previous_rate_rest as decimal(38, 0)) as rate_rest_change
    from revised
)

select * from fct_usage_rates

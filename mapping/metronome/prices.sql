-- One row per rate and tier of a rate card.
--
-- A rate in cents for one unit is that many dollars for a hundred: the pair holds it without dividing.
-- Tiers state their size, the contract their bounds.
with

bounded as (
    select
        *,
        coalesce(sum(size) over (
            partition by rate_card_id, product_id, starting_at, dim_1_value, dim_2_value
            order by tier_no
            rows between unbounded preceding and 1 preceding
        ), 0) as tier_from
    from prepared.rate_tiers
)

select
    rate_card_id || ':' || product_id as price_id,
    case rate_type when 'FLAT' then 'unit' when 'TIERED' then 'graduated' else lower(rate_type) end as model,
    unit_code,
    cast(price as decimal(38, 9)) as rate_amount,
    cast(units_per_major * units_per_rate as decimal(38, 9)) as rate_per_quantity,
    tier_no,
    -- sizes count converted units, the contract's bounds metered ones
    cast(tier_from * units_per_rate as decimal(38, 9)) as tier_from,
    cast((tier_from + size) * units_per_rate as decimal(38, 9)) as tier_to,
    dim_1_key,
    dim_1_value,
    dim_2_key,
    dim_2_value,
    starting_at as valid_from,
    ending_before as valid_to,
    'metronome' as source_system,
    created_at as recorded_at
from bounded

-- One row per lot of credits that can be drawn and version of it: its units, window and price as the closes knew them.
--
-- The value of a unit is a pair of whole numbers, as the price of usage is: 10^-18ths of the
-- currency per unit, and the rest of that division (value_of_units). Units paid back take
-- their share of the consideration with them.
{%- set per_unit = two_parts(billionths('consideration'), billionths('units')) %}
with

valued as (
    select
        *,
        {{ per_unit[0] }} as unit_value_whole,
        {{ per_unit[1] }} as unit_value_rest
    from {{ ref('int_credit_lots__priced') }}
),

fct_credit_lots as (
    select
        grant_id,
        version_number,
        known_from_ordinal,
        known_to_ordinal,
        entity_id,
        customer_id,
        contract_id,
        wallet_id,
        line_id,
        grant_kind,
        treatment,
        draw_priority,
        stated_priority,
        applies_to_product_ids,
        is_refundable,
        granted_at,
        effective_at,
        effective_ordinal,
        expires_at,
        unit_code,
        units,
        refunded_units,
        currency,
        consideration,
        election_id,
        purchase_grant_id,
        from_grant_id,
        root_grant_id,
        root_wallet_id,
        moved_at,
        first_moved_at,
        times_moved,
        root_units_per_unit,
        moved_share,
        from_units,
        converts_units,
        into_units,
        gives_units_away,
        cast({{ value_of_units('cast(units - refunded_units as decimal(38, 18))', 'valued') }} as decimal(38, 18)) as net_consideration,
        cast(unit_value_whole as decimal(38, 0)) as unit_value_whole,
        cast(unit_value_rest as decimal(38, 0)) as unit_value_rest
    from valued
)

select * from fct_credit_lots

-- One row per contract line: the performance obligation it belongs to and the pattern by which that is recognised.
--
-- A line that is price only (a discount, the price of a package) promises nothing: it stands under
-- an id of its own that is no performance obligation, so that its terms are followed as those of any line.
with

dim_obligation_lines as (
    select
        line_id,
        contract_id || ':' || coalesce(
            case when pattern <> 'price_only' then obligation_name end,
            case when nature = 'option' then line_id else coalesce(product_id, line_id) end || ':' || nature
        ) as obligation_id,
        contract_id,
        entity_id,
        customer_id,
        product_id,
        currency,
        minor_unit_exponent,
        line_kind,
        parent_line_id,
        added_by_event_id,
        meter_id,
        price_id,
        nature,
        pattern,
        acceptance_is_substantive,
        coalesce(billing_timing in ('on_delivery', 'on_completion'), false)
        or coalesce(billing_start_at > service_start_at, false) as is_billing_conditional
    from {{ ref('int_lines__promises') }}
    where pattern is not null
)

select * from dim_obligation_lines

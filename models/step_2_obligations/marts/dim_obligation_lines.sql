-- One row per contract line: the performance obligation it belongs to and the pattern by which that is recognised.
with

dim_obligation_lines as (
    select
        line_id,
        contract_id || ':' || coalesce(obligation_name, case when nature = 'option' then line_id else coalesce(product_id, line_id) end || ':' || nature) as obligation_id,
        contract_id,
        entity_id,
        customer_id,
        product_id,
        currency,
        minor_unit_exponent,
        line_kind,
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

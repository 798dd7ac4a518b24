{#-
    Why a price does not correspond directly with the value of each increment, NULL where it does
    (D4; ASC 606-10-55-18, IFRS 15.B16). Computed from the price's own terms, never assumed.
-#}
{% macro right_to_invoice_reason(price) -%}
    case
        when {{ price }}.model <> 'unit' then 'PRICE_MODEL_' || upper({{ price }}.model)
        when {{ price }}.tier_count > 1 then 'TIERED'
        when coalesce({{ price }}.included_quantity, 0) > 0 then 'FREE_TIER'
        when coalesce({{ price }}.minimum_amount, 0) > 0 then 'MINIMUM'
        when {{ price }}.maximum_amount is not null then 'MAXIMUM'
        when coalesce({{ price }}.flat_amount, 0) <> 0 then 'FIXED_PART'
    end
{%- endmacro %}

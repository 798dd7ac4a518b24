{#-
    Why a price does not correspond directly with the value of each increment, NULL where it does
    (D4; ASC 606-10-55-18, IFRS 15.B16): all reasons, joined by `|`. Computed from the price's own terms and
    the months of its tiers and of a bill, never assumed. Tiers that start anew with each bill are part of its value;
    what counts within one event is the price of that event. Whether tiers that count on pass the test of increments
    (32-40) people may document, in either way (topic tiered_pricing).
-#}
{% macro right_to_invoice_reason(price, scope_months, bill_months, tiered_pricing) -%}
    case when {{ price }}.scope <> 'event' then nullif(concat_ws(
        '|',
        case when {{ price }}.model = 'as_rated' then 'PRICE_MODEL_AS_RATED' end,
        case
            when {{ counts_across_bills(price, scope_months, bill_months) }} and {{ tiered_pricing }} = 'distinct_increment' then 'TIERS_BY_INCREMENT'
            when {{ counts_across_bills(price, scope_months, bill_months) }} then 'TIERS_ACROSS_BILLS'
            when {{ counts_across_bills(price, scope_months, 1) }} and {{ tiered_pricing }} = 'blended_rate' then 'TIERS_ACROSS_BILLS'
        end,
        case when {{ is_retroactive(price, scope_months) }} then 'RETROACTIVE_VOLUME' end,
        case when {{ price }}.included_quantity > 0 then 'FREE_TIER' end,
        case when {{ price }}.minimum_amount > 0 then 'MINIMUM' end,
        case when {{ price }}.maximum_amount is not null then 'MAXIMUM' end,
        case when {{ price }}.flat_amount <> 0 and {{ price }}.model <> 'threshold_total' then 'FIXED_PART' end
    ), '') end
{%- endmacro %}

{#- True where what a unit costs depends on use that other bills charged. -#}
{% macro counts_across_bills(price, scope_months, bill_months) -%}
    coalesce(
        {{ scope_months }} > {{ bill_months }} and ({{ price }}.tier_to is not null or {{ price }}.included_quantity > 0),
        false
    )
{%- endmacro %}

{#- True where the tier reached rates units of earlier months again. -#}
{% macro is_retroactive(price, scope_months) -%}
    coalesce({{ price }}.model in ('volume', 'threshold_total') and {{ price }}.tier_to is not null and {{ scope_months }} > 1, false)
{%- endmacro %}

{#- True where each unit earns the average of all units of a window, by the reasons above (section 3.3). -#}
{% macro is_averaged(reasons) -%}
    coalesce(position('TIERS_ACROSS_BILLS' in {{ reasons }}) > 0 or position('RETROACTIVE_VOLUME' in {{ reasons }}) > 0, false)
{%- endmacro %}

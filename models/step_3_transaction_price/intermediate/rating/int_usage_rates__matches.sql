-- One row per line segment, dimensions and version of price, terms and discounts that could price it, with the closes that believed so.
with

cells as (
    select * from {{ ref('int_usage_rates__cells') }}
),

int_usage_rates__matches as (
    select
        cells.line_segment_number,
        cells.line_id,
        cells.entity_id,
        cells.dim_1_value,
        cells.dim_2_value,
        tiers.price_version_number,
        tiers.price_id,
        tiers.unit_code,
        tiers.rate_amount,
        tiers.rate_per_quantity,
        tiers.is_plain_rate,
        tiers.scope,
        tiers.valid_from_at,
        tiers.recorded_at,
        -- what a discount takes off is off the price that the line agreed
        {{ discounts_together('terms.discount_rate', 'discounts.off_rate') }} as discount_rate,
        terms.currency,
        {{ unrated_price_reason('tiers', 'counted.scope_months', 'billed.scope_months', 'lines.line_kind') }} as unrated_reason,
        {{ right_to_invoice_reason('tiers', 'counted.scope_months', 'billed.scope_months', 'lines.tiered_pricing') }} as not_eligible_reason,
        greatest(tiers.known_from_ordinal, terms.known_from_ordinal, coalesce(discounts.known_from_ordinal, 0)) as holds_from_ordinal,
        least(tiers.known_to_ordinal, terms.known_to_ordinal, coalesce(discounts.known_to_ordinal, 999999)) as holds_to_ordinal,
        -- what a change of terms brings, as against a correction of the price
        case
            when discounts.known_from_ordinal >= greatest(tiers.known_from_ordinal, terms.known_from_ordinal) then discounts.arrived_family
            when terms.known_from_ordinal >= tiers.known_from_ordinal then terms.arrived_family
            else {{ family('rating') }}
        end as arrived_family,
        -- the narrowest price wins: both dimensions, the first, the second, none
        case when coalesce(tiers.dim_1_value, '*') = '*' then 0 else 2 end
        + case when coalesce(tiers.dim_2_value, '*') = '*' then 0 else 1 end as nearness
    from cells
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = cells.line_id
    inner join {{ ref('int_line_terms') }} as terms
        on terms.line_id = cells.line_id
        and terms.service_start_at <= cells.segment_from_at
        and coalesce(terms.service_end_at, timestamp '9999-12-31') > cells.segment_from_at
        -- use is priced by the segment it happened in (D12); a line that was added, since its own start
        and terms.governs_segment
        and (
            terms.is_first_version
            or coalesce(terms.segment_from_at, timestamp '0001-01-01') <= cells.segment_from_at
        )
        and coalesce(terms.segment_to_at, timestamp '9999-12-31') > cells.segment_from_at
    inner join {{ ref('int_price_tiers') }} as tiers
        on tiers.price_id = terms.price_id
        and tiers.entity_id = cells.entity_id
        and tiers.tier_number = 1
        and tiers.valid_from_at <= cells.segment_from_at
        and tiers.valid_to_at > cells.segment_from_at
        and coalesce(tiers.dim_1_value, '*') in ('*', cells.dim_1_value)
        and coalesce(tiers.dim_2_value, '*') in ('*', cells.dim_2_value)
    left join {{ ref('int_usage_rates__discounts') }} as discounts
        on discounts.line_id = cells.line_id
        and discounts.segment_from_at = cells.segment_from_at
    left join {{ ref('fct_usage_scopes') }} as counted
        on counted.line_segment_number = cells.line_segment_number
        and counted.scope = tiers.scope
        and (not tiers.is_plain_rate or tiers.scope = 'carried')
    left join {{ ref('fct_usage_scopes') }} as billed
        on billed.line_segment_number = cells.line_segment_number
        and billed.scope = 'billing_period'
    where
        greatest(tiers.known_from_ordinal, terms.known_from_ordinal, coalesce(discounts.known_from_ordinal, 0))
        < least(tiers.known_to_ordinal, terms.known_to_ordinal, coalesce(discounts.known_to_ordinal, 999999))
        and (cells.is_used or tiers.scope <> 'event' and (tiers.model = 'flat' or tiers.minimum_amount > 0))
)

select * from int_usage_rates__matches

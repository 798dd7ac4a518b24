-- One row per usage line segment and version of a price of overage that applies to it: what use costs that no lot pays for.
--
-- An overage line without a meter prices the use that its parent, a minimum, a plan or a pack, does not pay for. It is priced per unit of the meter, or
-- per credit where use is charged in credits, by one rate less what is off it.
with

lines as (
    select
        overage.line_id,
        overage.contract_id,
        coalesce(uses.line_id, other_uses.line_id) as use_line_id
    from {{ ref('dim_obligation_lines') }} as overage
    left join {{ ref('fct_minimum_uses') }} as under
        on under.line_id = overage.line_id
        and under.is_named
    left join {{ ref('fct_minimum_uses') }} as uses
        on uses.minimum_line_id = under.minimum_line_id
        and uses.line_kind = 'usage'
    -- of a plan or a pack: the use of its contract that no minimum is for
    left join {{ ref('dim_obligation_lines') }} as other_uses
        on under.line_id is null
        and other_uses.contract_id = overage.contract_id
        and other_uses.line_kind = 'usage'
        and other_uses.component = 'usage'
    where overage.line_kind = 'overage' and overage.meter_id is null
),

segments as (
    select distinct
        line_segment_number,
        line_id,
        entity_id,
        segment_from_at
    from {{ ref('fct_usage_by_period') }}
),

matches as (
    select
        segments.line_segment_number,
        segments.line_id,
        segments.entity_id,
        lines.line_id as overage_line_id,
        cast({{ less_share('cast(tiers.rate_amount as decimal(38, 18))', 'coalesce(' ~ discounts_together('terms.discount_rate', 'discounts.off_rate') ~ ', 0)') }} as decimal(38, 9)) as rate_amount,
        tiers.rate_per_quantity,
        tiers.valid_from_at,
        tiers.recorded_at,
        greatest(tiers.known_from_ordinal, terms.known_from_ordinal, coalesce(discounts.known_from_ordinal, 0)) as holds_from_ordinal,
        least(tiers.known_to_ordinal, terms.known_to_ordinal, coalesce(discounts.known_to_ordinal, 999999)) as holds_to_ordinal
    from lines
    inner join segments on segments.line_id = lines.use_line_id
    inner join {{ ref('int_line_terms') }} as terms
        on terms.line_id = lines.line_id
        and terms.service_start_at <= segments.segment_from_at
        and coalesce(terms.service_end_at, timestamp '9999-12-31') > segments.segment_from_at
        and terms.governs_segment
        and coalesce(terms.segment_from_at, timestamp '0001-01-01') <= segments.segment_from_at
        and coalesce(terms.segment_to_at, timestamp '9999-12-31') > segments.segment_from_at
    inner join {{ ref('int_price_tiers') }} as tiers
        on tiers.price_id = terms.price_id
        and tiers.entity_id = segments.entity_id
        and tiers.unit_code = terms.currency
        and tiers.is_plain_rate
        -- of use that went beyond its units, nothing was carried
        and tiers.model <> 'as_rated'
        and tiers.valid_from_at <= segments.segment_from_at
        and tiers.valid_to_at > segments.segment_from_at
    left join {{ ref('int_usage_rates__discounts') }} as discounts
        on discounts.line_id = lines.line_id
        and discounts.segment_from_at = segments.segment_from_at
    where
        greatest(tiers.known_from_ordinal, terms.known_from_ordinal, coalesce(discounts.known_from_ordinal, 0))
        < least(tiers.known_to_ordinal, terms.known_to_ordinal, coalesce(discounts.known_to_ordinal, 999999))
),

{{ chosen_at_each_close(
    'matches',
    ['line_segment_number', 'line_id', 'entity_id'],
    'matches.overage_line_id asc nulls last, matches.valid_from_at desc, matches.recorded_at desc',
) }},

revised as (
    select
        *,
        -- the first price comes with the agreement, a later one as a correction
        known_from_ordinal * 10 + case row_number() over in_order when 1 then {{ family('contract') }} else {{ family('rating') }} end as from_revision
    from chosen
    window in_order as (partition by line_segment_number order by known_from_ordinal)
),

int_overage_prices as (
    select
        line_segment_number,
        line_id,
        entity_id,
        overage_line_id,
        rate_amount,
        rate_per_quantity,
        from_revision,
        coalesce(lead(from_revision) over (partition by line_segment_number order by from_revision), 99999999) as to_revision
    from revised
)

select * from int_overage_prices

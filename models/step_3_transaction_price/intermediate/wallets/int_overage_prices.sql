-- One row per usage line segment and version of a price of overage that applies to it: what use costs that no lot pays for.
--
-- An overage line without a meter prices the use that its parent, a minimum, a plan or a pack, does not pay for. It is priced per unit of the meter, or
-- per credit where use is charged in credits, by one rate.
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

int_overage_prices as (
    select
        segments.line_segment_number,
        segments.line_id,
        segments.entity_id,
        lines.line_id as overage_line_id,
        tiers.rate_amount,
        tiers.rate_per_quantity,
        greatest(tiers.known_from_ordinal, terms.known_from_ordinal) * 10 + {{ family('contract') }} as from_revision,
        least(tiers.known_to_ordinal, terms.known_to_ordinal) * 10 + {{ family('rating') }} as to_revision
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
        and tiers.valid_from_at <= segments.segment_from_at
        and tiers.valid_to_at > segments.segment_from_at
    where greatest(tiers.known_from_ordinal, terms.known_from_ordinal) < least(tiers.known_to_ordinal, terms.known_to_ordinal)
    qualify row_number() over (partition by segments.line_segment_number, from_revision order by lines.line_id asc, tiers.recorded_at desc) = 1
)

select * from int_overage_prices

-- One row per line that charges by use, start of a segment that a discount by rate has ever been off and closes that believed the same of it: the share taken off.
--
-- A rate is off the line that the discount names, else off all that the contract charges by use, for the time that its own window names. Several add up,
-- as off fees. The first row of a segment is of the closes that knew none.
with

discounts as (
    select
        terms.contract_id,
        lines.parent_line_id,
        terms.service_start_at,
        coalesce(terms.service_end_at, terms.effective_to, timestamp '9999-12-31') as ends_at,
        terms.discount_rate,
        terms.known_from_ordinal,
        terms.known_to_ordinal,
        terms.arrived_family,
        terms.replaced_family
    from {{ ref('int_line_terms') }} as terms
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = terms.line_id
        and lines.line_kind = 'discount'
    where
        terms.fixed_amount is null
        and terms.discount_rate is not null
        and terms.segment_number = terms.last_segment_number
        and terms.governs_segment
),

-- Overage without a meter prices use of other lines, so any line that charges by use is looked at wherever one of its contract is cut.
starts as (
    select distinct
        lines.contract_id,
        cells.segment_from_at
    from {{ ref('int_usage_rates__cells') }} as cells
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = cells.line_id
    where lines.contract_id in (select discounts.contract_id from discounts)
),

met as (
    select
        lines.line_id,
        starts.segment_from_at,
        discounts.discount_rate,
        discounts.known_from_ordinal,
        discounts.known_to_ordinal,
        discounts.arrived_family,
        discounts.replaced_family
    from discounts
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = discounts.contract_id
        and lines.line_id = coalesce(discounts.parent_line_id, lines.line_id)
        and lines.line_kind in {{ counting_line_kinds() }}
    inner join starts
        on starts.contract_id = discounts.contract_id
        and starts.segment_from_at >= discounts.service_start_at
        and starts.segment_from_at < discounts.ends_at
),

unknown as (
    select distinct
        line_id,
        segment_from_at,
        0 as known_ordinal
    from met
),

{{ windows_between_closes('line_id, segment_from_at', {
    'met': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'unknown': {'known_ordinal': family('contract')},
}) }},

int_usage_rates__discounts as (
    select
        windows.line_id,
        windows.segment_from_at,
        windows.window_from_ordinal as known_from_ordinal,
        windows.window_to_ordinal as known_to_ordinal,
        windows.arrived_family,
        cast(least(coalesce(sum(met.discount_rate), 0), 1) as decimal(10, 9)) as off_rate
    from windows
    left join met
        on met.line_id = windows.line_id
        and met.segment_from_at = windows.segment_from_at
        and met.known_from_ordinal <= windows.window_from_ordinal
        and met.known_to_ordinal > windows.window_from_ordinal
    group by windows.line_id, windows.segment_from_at, windows.window_from_ordinal, windows.window_to_ordinal, windows.arrived_family
)

select * from int_usage_rates__discounts

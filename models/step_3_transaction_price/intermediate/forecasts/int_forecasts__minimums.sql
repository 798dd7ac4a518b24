-- One row per lot of a minimum settled in arrears, close within its interval and line whose use counts towards it: what is asked of a forecast of its charges (section 3.4).
--
-- What is still to come costs what the line costs now, after discounts: one rate. A line with another price, or
-- one that counts towards several minimums, gives no forecast of charges.
with

closes as (
    select
        lots.grant_id,
        lots.line_id as minimum_line_id,
        lots.contract_id,
        lots.entity_id,
        lots.unit_code,
        lots.units as minimum_units,
        lots.net_consideration,
        lots.effective_at,
        lots.expires_at,
        periods.period_ordinal as close_ordinal,
        -- of a period that still runs nobody knows what is used in it
        cast(periods.period_ordinal - case when periods.is_flash then 1 else 0 end as integer) as seen_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = lots.line_id
        and lines.pattern = 'trued_up_minimum'
    inner join {{ ref('fct_commitments') }} as commitments
        on commitments.line_id = lots.line_id
        and not commitments.is_short_at_end
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lots.entity_id
        and periods.has_begun
        and periods.period_ordinal >= lots.known_from_ordinal
        and periods.period_ordinal < lots.known_to_ordinal
        and periods.end_at > lots.effective_at
        and (periods.end_at < lots.expires_at or periods.is_flash and periods.start_at < lots.expires_at)
    where lots.consideration > 0
),

uses as (
    select
        closes.*,
        uses.line_id,
        count(*) over (partition by uses.line_id, closes.close_ordinal) as minimum_count
    from closes
    inner join {{ ref('fct_minimum_uses') }} as uses
        on uses.minimum_line_id = closes.minimum_line_id
        and uses.line_kind = 'usage'
        and uses.use_known_ordinal <= closes.close_ordinal
),

used as (
    select
        line_id,
        line_segment_number,
        segment_from_at,
        dim_1_value,
        dim_2_value,
        min(known_ordinal) as known_ordinal
    from {{ ref('fct_usage_by_period') }}
    where line_id in (select line_id from uses)
    group by line_id, line_segment_number, segment_from_at, dim_1_value, dim_2_value
),

-- The prices of what was used last, as the close knew both.
latest as (
    select
        uses.grant_id,
        uses.line_id,
        uses.close_ordinal,
        uses.unit_code,
        rates.rated_by,
        rates.unit_code as rate_unit_code,
        rates.rate_whole,
        rates.rate_rest
    from uses
    inner join used
        on used.line_id = uses.line_id
        and used.known_ordinal <= uses.close_ordinal
    inner join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = used.line_segment_number
        and rates.dim_1_value is not distinct from used.dim_1_value
        and rates.dim_2_value is not distinct from used.dim_2_value
        and rates.is_rated
        and rates.revision <= uses.close_ordinal * 10 + {{ family('normal') }}
        and rates.next_revision > uses.close_ordinal * 10 + {{ family('normal') }}
    qualify rank() over (partition by uses.grant_id, uses.line_id, uses.close_ordinal order by used.segment_from_at desc) = 1
),

rates as (
    select
        grant_id,
        line_id,
        close_ordinal,
        min(rate_whole) as rate_whole,
        min(rate_rest) as rate_rest
    from latest
    group by grant_id, line_id, close_ordinal
    having
        bool_and(rated_by = 'rate' and rate_unit_code = unit_code)
        and min(rate_whole) = max(rate_whole)
        and min(rate_rest) = max(rate_rest)
),

int_forecasts__minimums as (
    select
        uses.grant_id,
        uses.line_id,
        cast(uses.close_ordinal as integer) as close_ordinal,
        uses.seen_ordinal,
        uses.contract_id,
        uses.entity_id,
        uses.unit_code,
        uses.minimum_units,
        uses.net_consideration,
        uses.effective_at,
        uses.expires_at,
        case when uses.minimum_count = 1 then rates.rate_whole end as rate_whole,
        case when uses.minimum_count = 1 then rates.rate_rest end as rate_rest
    from uses
    left join rates
        on rates.grant_id = uses.grant_id
        and rates.line_id = uses.line_id
        and rates.close_ordinal = uses.close_ordinal
)

select * from int_forecasts__minimums

{{ config(materialized='view') }} {#- almost all contracts pass as stated: their fees are not written again -#}
-- One row per version of a fixed fee, segment of its obligation, interval and component: the amount allocated to its performance obligation.
--
-- Where every price is stated for one promise, allocation moves nothing.
{%- set as_stated = [
    'line_id', 'part_id', 'obligation_id', 'strand_id', 'contract_id', 'entity_id', 'currency', 'pattern', 'component', 'segment_number', 'last_segment_number',
    'is_latest_segment', 'segment_from_date', 'segment_to_date', 'segment_is_open', 'ends_contract', 'is_modified', 'amount_interval',
    'first_interval_date', 'interval_number', 'from_date', 'to_date', 'quantity',
] %}
{%- set stated_once_for_no_segment %}
        'fee' as component,
        0 as segment_number,
        0 as last_segment_number,
        true as is_latest_segment,
        cast(null as date) as segment_from_date,
        cast(null as date) as segment_to_date,
        false as segment_is_open,
        false as ends_contract,
        false as is_modified,
        'once' as amount_interval
{%- endset %}
with

-- Until the close since which its price is spread a fee is as stated; without one for good.
judged as (
    select
        fees.*,
        case
            when
                fees.line_id in (select outside.line_id from {{ ref('int_rights__outside_pools') }} as outside)
                -- what an event added at its standalone price shares nothing (D12 SEPARATE)
                or fees.strand_id <> fees.obligation_id
                -- commissions and concessions are the price of nothing else
                or fees.component <> 'fee' and fees.pattern <> 'price_only'
                then 999999
            else coalesce(pools.from_ordinal, 999999)
        end as unmoved_to_ordinal
    from {{ ref('fct_fee_intervals') }} as fees
    left join {{ ref('int_pools') }} as pools on pools.contract_id = fees.contract_id
),

unmoved as (
    select
        {{ as_stated | join(', ') }},
        strand_id as pool_id,
        believed_from_ordinal,
        known_from_ordinal,
        least(known_to_ordinal, unmoved_to_ordinal) as known_to_ordinal,
        arrived_family,
        case when unmoved_to_ordinal < known_to_ordinal then {{ family('modification') }} else replaced_family end as replaced_family,
        amount as stated_amount,
        amount as standalone_amount,
        amount as allocated_amount
    from judged
    where known_from_ordinal < unmoved_to_ordinal
),

pooled as (
    select
        {{ as_stated | join(', ') }},
        pool_id,
        believed_from_ordinal,
        window_from_ordinal as known_from_ordinal,
        window_to_ordinal as known_to_ordinal,
        arrived_family,
        replaced_family,
        stated_amount,
        -- what is kept of what an event takes away buys nothing of the line itself
        case when counts_as_ssp or price_in_book is null then amount - coalesce(kept_amount, 0) else price_in_book end as standalone_amount,
        allocated_amount
    from {{ ref('int_pools__fees') }}
),

-- What an event added to the price of some days, where it begins no segment.
by_days as (
    select
        prices.line_id,
        prices.price_line_id || ':' || prices.line_id as part_id,
        prices.obligation_id,
        prices.obligation_id as strand_id,
        lines.contract_id,
        lines.entity_id,
        lines.currency,
        lines.pattern,
        {{ stated_once_for_no_segment | trim }},
        prices.part_from_date as first_interval_date,
        0 as interval_number,
        prices.part_from_date as from_date,
        prices.part_to_date as to_date,
        cast(null as decimal(38, 9)) as quantity,
        prices.price_line_id as pool_id,
        windows.window_from_ordinal as believed_from_ordinal,
        windows.window_from_ordinal as known_from_ordinal,
        windows.window_to_ordinal as known_to_ordinal,
        windows.arrived_family,
        windows.replaced_family,
        cast(sum(prices.amount) as decimal(38, 18)) as stated_amount,
        cast(sum(prices.amount) as decimal(38, 18)) as standalone_amount,
        cast(sum(prices.amount) as decimal(38, 18)) as allocated_amount
    from {{ ref('int_pools__prices') }} as prices
    inner join {{ ref('int_pools__windows') }} as windows
        on windows.pool_id = prices.pool_id
        and windows.window_from_ordinal = prices.window_from_ordinal
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = prices.line_id
    where prices.counts_in = 'days'
    group by all
),

-- What the price of the pool moves to or from its usage.
usage as (
    select
        shares.line_id,
        shares.line_id as part_id,
        shares.obligation_id,
        shares.obligation_id as strand_id,
        shares.contract_id,
        shares.entity_id,
        lines.currency,
        lines.pattern,
        {{ stated_once_for_no_segment | trim }},
        cast(null as date) as first_interval_date,
        0 as interval_number,
        cast(null as date) as from_date,
        cast(null as date) as to_date,
        cast(null as decimal(38, 9)) as quantity,
        shares.pool_id,
        shares.known_from_ordinal as believed_from_ordinal,
        shares.known_from_ordinal,
        shares.known_to_ordinal,
        {{ family('estimate') }} as arrived_family,
        {{ family('estimate') }} as replaced_family,
        cast(0 as decimal(38, 18)) as stated_amount,
        shares.standalone_amount,
        shares.share_amount - shares.stated_amount as allocated_amount
    from {{ ref('fct_allocation_shares') }} as shares
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = shares.line_id
    where
        shares.source = 'usage'
        and shares.share_amount <> shares.stated_amount
),

int_fees__allocated as (
    select * from unmoved
    union all
    select * from pooled
    union all
    select * from by_days
    union all
    select * from usage
)

select * from int_fees__allocated

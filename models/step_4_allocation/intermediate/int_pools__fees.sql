-- One row per fee of a pool, segment, interval and window of belief: what is stated for it in all, and what is allocated to it.
--
-- The share of an obligation lies over its intervals as its stated amounts do, by days where
-- nothing is stated. Terms of a later segment keep what inception moved to or from it.
with

prices as (
    select
        pool_id,
        window_from_ordinal,
        line_id,
        from_date,
        to_date,
        sum(case when counts_in = 'agreed' then amount else 0 end) as agreed_amount,
        sum(case when counts_in = 'added' then amount else 0 end) as added_amount
    from {{ ref('int_pools__prices') }}
    where counts_in in ('agreed', 'added')
    group by 1, 2, 3, 4, 5
),

members as (
    select
        -- how a price was judged is not spread
        parts.* exclude (
            method, is_at_ssp, ssp_id, priced_by_event_id, point_amount, low_amount, high_amount, is_residual, is_setup, is_by_day,
            parent_line_id, added_by_event_id, discounted_line_id, share_days, whole_days, tranche_ordinal
        ),
        cast(coalesce(prices.agreed_amount, 0) as decimal(38, 18)) as agreed_amount,
        cast(coalesce(prices.added_amount, 0) as decimal(38, 18)) as added_amount,
        case when parts.counts_as_ssp or parts.price_in_book is null then parts.amount else parts.price_in_book end as worth,
        cast(greatest({{ days_between('parts.from_date', 'parts.to_date') }}, 1) as decimal(38, 18)) as days
    from {{ ref('int_pools__parts') }} as parts
    left join prices
        on prices.pool_id = parts.pool_id
        and prices.window_from_ordinal = parts.window_from_ordinal
        and prices.line_id = parts.line_id
        and prices.from_date = parts.from_date
        and prices.to_date = parts.to_date
        and parts.segment_number = 0
    where parts.component = 'fee' and parts.pattern <> 'price_only'
),

shares as (
    select
        pool_id,
        known_from_ordinal as window_from_ordinal,
        obligation_id,
        share_amount,
        stated_amount
    from {{ ref('fct_allocation_shares') }}
    where source = 'fee'
),

-- What is spread over the rows of a segment: the share of the obligation, or with later terms what these state and what inception moved.
totals as (
    select
        members.pool_id,
        members.window_from_ordinal,
        members.obligation_id,
        members.segment_number,
        case
            when sum(members.amount + members.agreed_amount) > 0 then 'stated'
            when sum(members.worth) > 0 then 'worth'
            else 'days'
        end as weighed_by,
        cast(case
            when sum(members.amount + members.agreed_amount) > 0 then sum(members.amount + members.agreed_amount)
            when sum(members.worth) > 0 then sum(members.worth)
            else sum(members.days)
        end as decimal(38, 18)) as whole_weight,
        cast(coalesce(max(given.given_amount), 0) as decimal(38, 18)) as given_amount,
        cast(case
            -- what an event added has no share in the price before
            when members.segment_number = 0 then coalesce(max(shares.share_amount), sum(members.amount + members.agreed_amount))
            else sum(members.amount) + coalesce(max(given.given_amount), 0) + coalesce(max(shares.share_amount) - max(shares.stated_amount), 0)
        end as decimal(38, 18)) as whole_amount
    from members
    left join {{ ref('int_pools__given') }} as given
        on given.pool_id = members.pool_id
        and given.window_from_ordinal = members.window_from_ordinal
        and given.obligation_id = members.obligation_id
        and given.segment_number = members.segment_number
    left join shares
        on shares.pool_id = members.pool_id
        and shares.window_from_ordinal = members.window_from_ordinal
        and shares.obligation_id = members.obligation_id
    group by 1, 2, 3, 4
),

measured as (
    {{ with_ratio('totals', 'whole_amount', 'whole_weight') }}
),

weighed as (
    select
        members.*,
        measured.given_amount,
        measured.whole_amount,
        measured.whole_weight,
        measured.ratio_whole,
        measured.ratio_rest,
        case measured.weighed_by
            when 'stated' then members.amount + members.agreed_amount
            when 'worth' then members.worth
            else members.days
        end as weight
    from members
    inner join measured
        on measured.pool_id = members.pool_id
        and measured.window_from_ordinal = members.window_from_ordinal
        and measured.obligation_id = members.obligation_id
        and measured.segment_number = members.segment_number
),

cumulative as (
    select
        *,
        sum(weight) over (
            partition by pool_id, window_from_ordinal, obligation_id, segment_number
            order by from_date, to_date, line_id
            rows between unbounded preceding and current row
        ) as weight_to_here
    from weighed
),

int_pools__fees as (
    select
        * exclude (ratio_whole, ratio_rest, given_amount, whole_amount, whole_weight, weight, weight_to_here, worth, days, agreed_amount, added_amount),
        cast(
            amount + agreed_amount + added_amount
            + case
                when given_amount = 0 then 0
                else
                    {{ share_by_weight('given_amount', 'weight_to_here', 'whole_weight') }}
                    - {{ share_by_weight('given_amount', '(weight_to_here - weight)', 'whole_weight') }}
            end as decimal(38, 18)
        ) as stated_amount,
        cast(added_amount + {{ spread_at_ratio('whole_amount', 'weight', 'weight_to_here', 'whole_weight') }} as decimal(38, 18)) as allocated_amount
    from cumulative
)

select * from int_pools__fees

-- One row per version of a fixed fee, segment of its strand, interval and component: the amount and the days it is for.
--
-- Lines that are price only (discounts, the price of a package) are here too: step 4 spreads them.
--
-- Intervals beyond the accounting term (all of an open-ended line that may be ended at any time) are agreed as
-- they begin, less the notice: the customer may leave before the next (ASC 606-10-25-3, IFRS 15.11).
with

-- Terms that an event changed are folded as a whole: only their open ends are agreed as they begin. Discounts and prices of packages follow what they are for.
parts as (
    select
        *,
        coalesce(interval_from_date >= accounting_end_date and (not is_modified or pattern = 'price_only') and (interval_months is not null or interval_days is not null), false)
        or is_open_ended and (is_modified or accounting_end_date is null or interval_months is null and interval_days is null) as is_beyond_exit,
        cast({{ add_days('cast(interval_from_date as timestamp)', '-termination_notice_days') }} as date) as agreed_date
    from {{ ref('int_fee_windows__intervals') }}
),

believed as (
    select
        parts.line_id,
        parts.part_id,
        parts.obligation_id,
        parts.strand_id,
        parts.contract_id,
        parts.entity_id,
        parts.currency,
        parts.pattern,
        parts.component,
        parts.segment_number,
        parts.last_segment_number,
        parts.segment_number = parts.last_segment_number as is_latest_segment,
        parts.segment_from_date,
        parts.segment_to_date,
        parts.segment_is_open,
        parts.ends_contract,
        parts.is_modified,
        parts.amount_interval,
        parts.from_date as first_interval_date,
        parts.interval_number,
        parts.is_beyond_exit and coalesce(parts.interval_from_date > parts.contract_from_date, true) as is_beyond_term,
        parts.discounted_line_id,
        -- what is agreed only as it begins is no part of the price agreed first
        case
            when parts.is_beyond_exit and coalesce(parts.interval_from_date > parts.contract_from_date, true) then agreed.period_ordinal
            else 0
        end as tranche_ordinal,
        parts.known_from_ordinal as believed_from_ordinal,
        case
            when parts.is_beyond_exit then greatest(parts.known_from_ordinal, agreed.period_ordinal)
            else parts.known_from_ordinal
        end as known_from_ordinal,
        parts.known_to_ordinal,
        parts.arrived_family,
        parts.replaced_family,
        parts.served_from_date as from_date,
        parts.served_to_date as to_date,
        parts.quantity,
        parts.whole_days,
        parts.share_days,
        parts.fixed_amount = 0 as is_stated_free,
        parts.kept_amount,
        parts.amount
    from parts
    {{ join_period_of_date('agreed', 'parts.entity_id', 'parts.agreed_date') }}
    where not (parts.is_terminated and parts.termination_refund_kind = 'full')
),

fct_fee_intervals as (
    select
        * exclude (amount, kept_amount, share_days, is_stated_free),
        cast(sum(share_days) as bigint) as share_days,
        cast(sum(amount) as decimal(38, 18)) as amount,
        cast(max(kept_amount) as decimal(38, 18)) as kept_amount
    from believed
    where known_from_ordinal < known_to_ordinal
    group by all
    -- a segment without a price is a segment all the same, and what is free is promised all the same
    having sum(amount) <> 0 or is_modified or bool_or(is_stated_free)
)

select * from fct_fee_intervals

-- One row per discount by rate, version of the terms of a fee that it is off and closes that believed both: the reduction as terms of its own.
--
-- A rate is off the line that the discount names, else off every fee of the contract, for the
-- time that the discount's own window names: ahead it reprices what is ahead.
with

terms as (
    select
        terms.*,
        lines.parent_line_id,
        lines.line_kind
    from {{ ref('int_line_terms') }} as terms
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = terms.line_id
    where terms.contract_id in (
        select contract_id from {{ ref('dim_obligation_lines') }}
        where line_kind = 'discount'
    )
),

-- The terms of a discount now agreed, whatever was agreed before.
discounts as (
    select
        *,
        coalesce(service_end_at, effective_to) as ends_at
    from terms
    where
        line_kind = 'discount'
        and fixed_amount is null
        and discount_rate is not null
        and segment_number = last_segment_number
        and governs_segment
),

met as (
    select
        targets.* exclude (parent_line_id, line_kind),
        targets.line_id as discounted_line_id,
        targets.pattern as discounted_pattern,
        discounts.line_id as discount_line_id,
        discounts.obligation_id as discount_obligation_id,
        discounts.discount_rate as off_rate,
        discounts.known_from_ordinal as discount_from_ordinal,
        discounts.known_to_ordinal as discount_to_ordinal,
        discounts.arrived_family as discount_family,
        coalesce(targets.service_end_at, targets.effective_to) as target_ends_at,
        greatest(discounts.service_start_at, targets.service_start_at) as off_from_at,
        least(
            coalesce(discounts.ends_at, targets.service_end_at, targets.effective_to),
            coalesce(targets.service_end_at, targets.effective_to, discounts.ends_at)
        ) as off_to_at
    from discounts
    inner join terms as targets
        on targets.contract_id = discounts.contract_id
        and targets.line_kind <> 'discount'
        and targets.pattern not in {{ patterns_without_fees() }}
        and targets.line_id = coalesce(discounts.parent_line_id, targets.line_id)
    where
        greatest(discounts.known_from_ordinal, targets.known_from_ordinal) < least(discounts.known_to_ordinal, targets.known_to_ordinal)
),

-- A fee stated once for a window is reduced for the days that both windows share.
shared as (
    select
        *,
        discounted_pattern <> 'point_in_time' and target_ends_at > service_start_at and amount_interval = 'once' as is_for_a_window,
        cast({{ local_from_utc('off_from_at', 'time_zone') }} as date) as off_from_date,
        cast({{ local_from_utc('off_to_at', 'time_zone') }} as date) as off_to_date,
        cast({{ local_from_utc('service_start_at', 'time_zone') }} as date) as target_from_date,
        cast({{ local_from_utc('target_ends_at', 'time_zone') }} as date) as target_to_date
    from met
    where coalesce(off_from_at < off_to_at, true) or discounted_pattern = 'point_in_time'
),

int_line_terms__discounts as (
    select
        * exclude (
            discounted_pattern, discount_line_id, discount_obligation_id, off_rate, discount_from_ordinal, discount_to_ordinal,
            discount_family, target_ends_at, off_from_at, off_to_at, is_for_a_window, off_from_date, off_to_date,
            target_from_date, target_to_date
        )
        replace (
            discount_line_id as line_id,
            discount_line_id as part_id,
            discount_obligation_id as obligation_id,
            discount_obligation_id as strand_id,
            'price_only' as pattern,
            cast(-case
                when is_for_a_window
                    then {{ share_of('fixed_amount * off_rate', days_between('off_from_date', 'off_to_date'), days_between('target_from_date', 'target_to_date')) }}
                else fixed_amount * off_rate
            end as decimal(38, 9)) as fixed_amount,
            cast(null as decimal(38, 9)) as quantity,
            case when is_for_a_window then off_from_at else service_start_at end as service_start_at,
            case when is_for_a_window then off_to_at else service_end_at end as service_end_at,
            case when is_for_a_window then off_to_at else agreed_end_at end as agreed_end_at,
            case when amount_interval = 'once' then priced_from_at else greatest(off_from_at, coalesce(priced_from_at, off_from_at)) end as priced_from_at,
            case when amount_interval = 'once' then priced_to_at else least(off_to_at, coalesce(priced_to_at, off_to_at)) end as priced_to_at,
            greatest(known_from_ordinal, discount_from_ordinal) as known_from_ordinal,
            least(known_to_ordinal, discount_to_ordinal) as known_to_ordinal,
            case when discount_from_ordinal > known_from_ordinal then discount_family else arrived_family end as arrived_family
        )
    from shared
)

select * from int_line_terms__discounts

-- One row per run of tiers that count across bills, revision, usage line segment, service period and place in it: what is earned there (section 3.3).
--
-- Tiers that count across bills make use variable consideration that no increment bears alone (D4,
-- 32-40): each unit earns the average of all units of the window, those known and those expected. What
-- is known to be used is no longer estimated. Without a forecast only actuals count (D6): what is
-- charged, and at most the lowest rate where a tier still to be reached would rate all units again.
with

lowest_rates as (
    select
        price_version_number,
        min_by(rate_whole, rate_whole) as rate_whole,
        min_by(rate_rest, rate_whole) as rate_rest,
        bool_or(tier_number > 1 and counted_from = 0 and rate_whole > 0) as is_retroactive
    from {{ ref('int_price_steps') }}
    group by price_version_number
),

estimated as (
    select
        windows.run_number,
        windows.revision,
        windows.scope_from_at,
        case when averages.is_relied_on then averages.whole_quantity end as whole_quantity,
        averages.constrained_amount as whole_amount
    from {{ ref('int_blended_windows') }} as windows
    left join {{ ref('int_blended_averages') }} as averages on averages.window_id = windows.window_id
),

averaged as (
    {{ with_ratio('estimated', 'whole_amount', 'coalesce(whole_quantity, 0)') }}
),

believed as (
    select
        beliefs.*,
        averaged.whole_quantity,
        averaged.whole_amount,
        {{ share_at_ratio('beliefs.counted_quantity') }} as amount_to_here,
        {{ share_at_ratio('(beliefs.counted_quantity - beliefs.quantity)') }} as amount_before
    from {{ ref('int_rating_beliefs') }} as beliefs
    inner join averaged
        on averaged.run_number = beliefs.run_number
        and averaged.revision = beliefs.revision
        and averaged.scope_from_at = beliefs.scope_from_at
    where beliefs.is_blended
),

int_blended_beliefs as (
    select
        believed.run_number,
        believed.revision,
        believed.line_segment_number,
        believed.service_ordinal,
        believed.place,
        believed.is_own,
        believed.whole_quantity,
        believed.amount as charged_amount,
        cast(case
            -- the whole quantity takes the whole amount, so that the places add up to it
            when believed.whole_quantity > 0
                then case when believed.counted_quantity = believed.whole_quantity then believed.whole_amount else believed.amount_to_here end - believed.amount_before
            when believed.whole_quantity is null and lowest_rates.is_retroactive
                then {{ less_share(amount_at_rate('believed.quantity', 'lowest_rates.rate_whole', 'lowest_rates.rate_rest'), 'believed.discount_rate') }}
            else believed.amount
        end as decimal(38, 18)) as earned_amount
    from believed
    left join lowest_rates on lowest_rates.price_version_number = believed.price_version_number
)

select * from int_blended_beliefs

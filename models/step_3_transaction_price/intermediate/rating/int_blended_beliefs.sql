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

int_blended_beliefs as (
    select
        beliefs.run_number,
        beliefs.revision,
        beliefs.line_segment_number,
        beliefs.service_ordinal,
        beliefs.place,
        beliefs.is_own,
        averaged.whole_quantity,
        beliefs.amount as charged_amount,
        cast(case
            when averaged.whole_quantity > 0
                then {{ spread_at_ratio('averaged.whole_amount', 'beliefs.quantity', 'beliefs.counted_quantity', 'averaged.whole_quantity') }}
            when averaged.whole_quantity is null and lowest_rates.is_retroactive
                then {{ less_share(amount_at_rate('beliefs.quantity', 'lowest_rates.rate_whole', 'lowest_rates.rate_rest'), 'beliefs.discount_rate') }}
            else beliefs.amount
        end as decimal(38, 18)) as earned_amount
    from {{ ref('int_rating_beliefs') }} as beliefs
    inner join averaged
        on averaged.run_number = beliefs.run_number
        and averaged.revision = beliefs.revision
        and averaged.scope_from_at = beliefs.scope_from_at
    left join lowest_rates on lowest_rates.price_version_number = beliefs.price_version_number
    where beliefs.is_blended
)

select * from int_blended_beliefs

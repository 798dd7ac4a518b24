-- One row per run of a price's tiers, revision, usage line segment, service period and place in it: what that knowledge counts and charges there (section 3.2).
--
-- Each revision counts the run anew, in the order of use: a charge is the cost of all units up to here less
-- the cost of those before, so charges add up to the cost of the whole whatever arrived when. Late
-- units that reach another tier charge what came after them anew.
with

entries as (
    select * from {{ ref('int_rating_entries') }}
),

believed as (
    select
        entries.run_number,
        entries.line_id,
        entries.entity_id,
        revisions.revision,
        entries.line_segment_number,
        entries.service_ordinal,
        entries.place,
        entries.segment_from_at,
        entries.scope_from_at,
        entries.scope_to_at,
        entries.bill_from_at,
        max(case when entries.to_revision > revisions.revision then entries.price_version_number end) as price_version_number,
        max(case when entries.to_revision > revisions.revision then entries.discount_rate end) as discount_rate,
        bool_or(entries.is_blended) as is_blended,
        bool_or(entries.ends_bill and entries.to_revision > revisions.revision) as ends_bill,
        -- its own units or price changed, not those before it
        bool_or(entries.from_revision = revisions.revision or entries.to_revision = revisions.revision) as is_own,
        cast(sum(case when entries.to_revision > revisions.revision then entries.quantity else 0 end) as decimal(38, 9)) as quantity
    from entries
    inner join {{ ref('int_rating_revisions') }} as revisions
        on revisions.run_number = entries.run_number
        and revisions.revision >= entries.from_revision
    group by all
),

counted as (
    select
        *,
        cast(sum(quantity) over up_to_here as decimal(38, 9)) as counted_quantity
    from believed
    window up_to_here as (
        partition by run_number, revision, scope_from_at
        order by service_ordinal, segment_from_at, place rows between unbounded preceding and current row
    )
),

units as (
    select
        counted.*,
        prices.minimum_amount,
        prices.maximum_amount,
        {{ rateable_units('counted.counted_quantity', 'prices') }} as units_after,
        {{ rateable_units('(counted.counted_quantity - counted.quantity)', 'prices') }} as units_before
    from counted
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = counted.price_version_number
        and prices.tier_number = 1
),

rated as (
    select
        units.*,
        cast({{ amount_in_step('units.units_after', 'step_after') }} - {{ amount_in_step('units.units_before', 'step_before') }} as decimal(38, 18)) as rated_amount
    from units
    left join {{ ref('int_price_steps') }} as step_after
        on step_after.price_version_number = units.price_version_number
        and step_after.tier_from < units.units_after
        and coalesce(step_after.tier_to, units.units_after) >= units.units_after
    left join {{ ref('int_price_steps') }} as step_before
        on step_before.price_version_number = units.price_version_number
        and step_before.tier_from < units.units_before
        and coalesce(step_before.tier_to, units.units_before) >= units.units_before
),

-- The bill bounds what its tiers charge; it is short of its minimum only at its end.
billed as (
    select
        *,
        sum(rated_amount) over up_to_here as billed_amount,
        ends_bill and row_number() over (
            partition by run_number, revision, bill_from_at
            order by case when ends_bill then 0 else 1 end, service_ordinal desc, segment_from_at desc, place desc
        ) = 1 as is_end_of_bill
    from rated
    window up_to_here as (
        partition by run_number, revision, bill_from_at
        order by service_ordinal, segment_from_at, place rows between unbounded preceding and current row
    )
),

bounded as (
    select
        *,
        least(billed_amount - rated_amount, coalesce(maximum_amount, billed_amount - rated_amount)) as bounded_before,
        case
            when is_end_of_bill and billed_amount < minimum_amount then minimum_amount
            else least(billed_amount, coalesce(maximum_amount, billed_amount))
        end as bounded_after
    from billed
),

int_rating_beliefs as (
    select
        run_number,
        line_id,
        entity_id,
        revision,
        line_segment_number,
        service_ordinal,
        place,
        segment_from_at,
        scope_from_at,
        scope_to_at,
        price_version_number,
        discount_rate,
        is_blended,
        is_own,
        quantity,
        counted_quantity,
        cast(coalesce(
            {{ less_share('cast(bounded_after as decimal(38, 18))', 'discount_rate') }}
            - {{ less_share('cast(bounded_before as decimal(38, 18))', 'discount_rate') }},
            0
        ) as decimal(38, 18)) as amount
    from bounded
)

select * from int_rating_beliefs

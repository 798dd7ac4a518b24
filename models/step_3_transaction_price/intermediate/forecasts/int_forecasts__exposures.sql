-- One row per usage line and version of a forecast of its units on which an average of its prices rests: what depends on it, and what it changes of revenue before it (D7).
--
-- What people forecast moves the average that units earn: the amount is what the units expected cost by the first rate, less (or more)
-- what they cost at the tier reached, and the change is that of the average. It is compared with the version before it of the same estimate.
with

averaged as (
    select distinct line_id
    from {{ ref('fct_usage_rates') }}
    where {{ is_averaged('not_eligible_reason') }}
),

priced as (
    select
        statements.*,
        prices.price_version_number,
        {{ rateable_units('statements.expected_units', 'prices') }} as units
    from {{ ref('int_forecasts__statements') }} as statements
    inner join averaged on averaged.line_id = statements.line_id
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_id = statements.price_id
        and prices.entity_id = statements.entity_id
        and prices.tier_number = 1
        and prices.model <> 'flat'
        and prices.known_from_ordinal <= statements.known_from_ordinal
        and prices.known_to_ordinal > statements.known_from_ordinal
    where statements.expected_units > 0
    qualify row_number() over (
        partition by statements.line_id, statements.estimate_id, statements.recorded_at order by prices.valid_from_at desc, prices.price_version_number desc
    ) = 1
),

valued as (
    select
        priced.*,
        cast({{ amount_in_step('priced.units', 'reached') }} as decimal(38, 9)) as amount,
        cast({{ amount_in_step('priced.units', 'first_step') }} as decimal(38, 9)) as first_amount
    from priced
    inner join {{ ref('int_price_steps') }} as reached
        on reached.price_version_number = priced.price_version_number
        and reached.tier_from < priced.units
        and coalesce(reached.tier_to, priced.units) >= priced.units
    inner join {{ ref('int_price_steps') }} as first_step
        on first_step.price_version_number = priced.price_version_number
        and first_step.tier_number = 1
),

used as (
    select
        valued.line_id,
        valued.estimate_id,
        valued.recorded_at,
        sum(usage.quantity) as units
    from valued
    inner join {{ ref('fct_usage_by_period') }} as usage
        on usage.line_id = valued.line_id
        and usage.known_ordinal < valued.known_from_ordinal
        and usage.service_ordinal >= valued.from_ordinal
    group by valued.line_id, valued.estimate_id, valued.recorded_at
),

-- what the units used before cost at either average
compared as (
    select
        valued.entity_id,
        valued.estimate_id,
        valued.recorded_at,
        valued.known_from_ordinal,
        abs(valued.first_amount - valued.amount) as estimate_amount,
        before.line_id is not null as is_compared,
        {{ share_by_weight('valued.amount', 'cast(1000000 as decimal(38, 9))', 'valued.expected_units') }} as average,
        coalesce({{ share_by_weight('before.amount', 'cast(1000000 as decimal(38, 9))', 'before.expected_units') }}, 0) as average_before,
        cast(coalesce(used.units, 0) as decimal(38, 9)) as used_units
    from valued
    left join valued as before
        on before.line_id = valued.line_id
        and before.estimate_id = valued.estimate_id
        and before.recorded_at = valued.previous_recorded_at
    left join used
        on used.line_id = valued.line_id
        and used.estimate_id = valued.estimate_id
        and used.recorded_at = valued.recorded_at
),

int_forecasts__exposures as (
    select
        entity_id,
        estimate_id,
        recorded_at,
        known_from_ordinal,
        cast(estimate_amount as decimal(38, 18)) as estimate_amount,
        cast(case when is_compared then {{ share_by_weight('cast(abs(average - average_before) as decimal(38, 9))', 'used_units', 'cast(1000000 as decimal(38, 9))') }} else 0 end as decimal(38, 18)) as catch_up_amount,
        cast({{ share_by_weight('cast(average_before as decimal(38, 9))', 'used_units', 'cast(1000000 as decimal(38, 9))') }} as decimal(38, 9)) as corrected_amount,
        cast(case when is_compared then abs(average - average_before) end as decimal(38, 9)) as moved,
        cast(average_before as decimal(38, 9)) as moved_from
    from compared
)

select * from int_forecasts__exposures

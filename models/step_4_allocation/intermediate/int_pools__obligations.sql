-- One row per obligation of a pool and window of belief: what the contract states for it and what it is worth at standalone selling prices.
--
-- Use shares in a price only where the fees are not standalone prices in themselves: what is
-- variable and priced at its standalone price belongs to its own increment (32-40, IFRS 15.85).
-- It counts at the forecast known first: later use changes no proportion (32-43, IFRS 15.88).
with

pools as (
    select * from {{ ref('int_pools') }}
),

fees as (
    select
        parts.pool_id,
        parts.contract_id,
        parts.tranche_ordinal,
        parts.window_from_ordinal,
        parts.window_to_ordinal,
        parts.obligation_id,
        cast(null as varchar) as line_id,
        'fee' as source,
        cast(sum(parts.amount + coalesce(prices.agreed_amount, 0)) as decimal(38, 18)) as stated_amount,
        cast(sum(case
            when parts.counts_as_ssp then parts.amount
            else coalesce(parts.price_in_book, case when parts.is_residual then 0 else parts.amount end)
        end) as decimal(38, 18)) as standalone_amount,
        coalesce(bool_or(parts.is_residual and not parts.counts_as_ssp), false) as is_residual,
        bool_or(not parts.counts_as_ssp and parts.price_in_book is null and not coalesce(parts.is_residual, false)) as lacks_ssp,
        coalesce(bool_and(parts.method = 'observable'), false) as is_observable,
        sum(parts.price_in_book) as point_amount,
        sum({{ share_of('parts.low_amount', 'parts.share_days', 'parts.whole_days') }}) as low_amount,
        sum({{ share_of('parts.high_amount', 'parts.share_days', 'parts.whole_days') }}) as high_amount,
        coalesce({{ string_agg_ordered('parts.method') }}, 'none') as methods,
        sum(parts.amount) = 0 and not bool_or(parts.is_by_day) as is_in_package
    from {{ ref('int_pools__parts') }} as parts
    left join {{ ref('int_pools__prices') }} as prices
        on prices.pool_id = parts.pool_id
        and prices.window_from_ordinal = parts.window_from_ordinal
        and prices.line_id = parts.line_id
        and prices.from_date = parts.from_date
        and prices.to_date = parts.to_date
    where
        parts.component = 'fee'
        and parts.pattern <> 'price_only'
        and parts.segment_number = 0
        -- what an event added shares in what remains then, not in what was agreed before (D12)
        and parts.added_by_event_id is null
    group by 1, 2, 3, 4, 5, 6
),

windows as (
    select
        windows.pool_id,
        agreements.contract_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal
    from (
        select distinct
            pool_id,
            window_from_ordinal,
            window_to_ordinal
        from fees
        where tranche_ordinal = 0
    ) as windows
    -- the first pool of an agreement has its name
    inner join {{ ref('int_pools__agreements') }} as agreements
        on agreements.agreement_id = windows.pool_id
        and agreements.from_ordinal <= windows.window_from_ordinal
        and agreements.to_ordinal > windows.window_from_ordinal
),

first_forecasts as (
    select *
    from {{ ref('int_pools__forecasts') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

expected as (
    select
        windows.*,
        forecasts.obligation_id,
        forecasts.line_id,
        forecasts.expected_quantity,
        case when pools.variable_choice = 'proportional' then coalesce(later.expected_quantity, forecasts.expected_quantity) else forecasts.expected_quantity end as priced_quantity,
        forecasts.rate_amount * (1 - forecasts.discount_rate) as rate_amount,
        forecasts.rate_per_quantity,
        prices.rate_amount as book_rate,
        prices.rate_per_quantity as book_per_quantity,
        prices.method,
        forecasts.rate_amount * (1 - forecasts.discount_rate) * prices.rate_per_quantity between prices.range_low * forecasts.rate_per_quantity and prices.range_high * forecasts.rate_per_quantity as counts_as_ssp
    from windows
    inner join pools on pools.contract_id = windows.contract_id
    inner join first_forecasts as forecasts
        on forecasts.contract_id = windows.contract_id
        and forecasts.known_from_ordinal <= windows.window_from_ordinal
    left join {{ ref('int_pools__forecasts') }} as later
        on later.line_id = forecasts.line_id
        and later.known_from_ordinal <= windows.window_from_ordinal
        and later.known_to_ordinal > windows.window_from_ordinal
    left join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = forecasts.line_id
        and prices.contract_event_id is null
        and prices.known_from_ordinal <= windows.window_from_ordinal
        and prices.known_to_ordinal > windows.window_from_ordinal
),

usage as (
    select
        expected.pool_id,
        expected.contract_id,
        0 as tranche_ordinal,
        expected.window_from_ordinal,
        expected.window_to_ordinal,
        expected.obligation_id,
        expected.line_id,
        'usage' as source,
        cast({{ round_to_minor_unit(share_by_weight('expected.rate_amount', 'expected.priced_quantity', 'expected.rate_per_quantity'), 'pools.minor_unit_exponent') }} as decimal(38, 18)) as stated_amount,
        cast(case
            when coalesce(expected.counts_as_ssp, true)
                then {{ round_to_minor_unit(share_by_weight('expected.rate_amount', 'expected.expected_quantity', 'expected.rate_per_quantity'), 'pools.minor_unit_exponent') }}
            else {{ round_to_minor_unit(share_by_weight('expected.book_rate', 'expected.expected_quantity', 'expected.book_per_quantity'), 'pools.minor_unit_exponent') }}
        end as decimal(38, 18)) as standalone_amount,
        false as is_residual,
        expected.book_rate is null as lacks_ssp,
        coalesce(expected.method = 'observable', false) as is_observable,
        cast(null as decimal(38, 18)) as point_amount,
        cast(null as decimal(38, 18)) as low_amount,
        cast(null as decimal(38, 18)) as high_amount,
        coalesce(expected.method, 'none') as methods,
        false as is_in_package
    from expected
    inner join pools on pools.contract_id = expected.contract_id
),

-- Use joins a pool whose fees alone are not at their standalone prices.
off_price as (
    select
        pool_id,
        window_from_ordinal
    from fees
    group by 1, 2
    having sum(stated_amount) <> sum(standalone_amount) or bool_or(is_residual)
),

int_pools__obligations as (
    select
        fees.*,
        off_price.pool_id is not null as is_off_ssp
    from fees
    left join off_price
        on off_price.pool_id = fees.pool_id
        and off_price.window_from_ordinal = fees.window_from_ordinal

    union all

    select
        usage.*,
        true as is_off_ssp
    from usage
    left join off_price
        on off_price.pool_id = usage.pool_id
        and off_price.window_from_ordinal = usage.window_from_ordinal
    where off_price.pool_id is not null or usage.stated_amount <> usage.standalone_amount
)

select * from int_pools__obligations

-- One row per obligation of a pool, or line of usage or prepaid credits, and window of belief: what the contract states for it and what it is worth at standalone selling prices.
--
-- Use shares in a price only where the fees are not standalone prices in themselves: what is
-- variable and priced at its standalone price belongs to its own increment (32-40, IFRS 15.85).
with

agreed as (
    select
        pool_id,
        window_from_ordinal,
        line_id,
        from_date,
        to_date,
        sum(amount) as agreed_amount
    from {{ ref('int_pools__prices') }}
    where counts_in = 'agreed'
    group by 1, 2, 3, 4, 5
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
    left join agreed as prices
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

-- Use joins a pool whose fees alone are not at their standalone prices.
windows as (
    select
        pool_id,
        window_from_ordinal,
        sum(stated_amount) <> sum(standalone_amount) or bool_or(is_residual) as is_off_ssp
    from fees
    group by 1, 2
),

int_pools__obligations as (
    select
        fees.*,
        windows.is_off_ssp
    from fees
    inner join windows
        on windows.pool_id = fees.pool_id
        and windows.window_from_ordinal = fees.window_from_ordinal

    union all

    select
        usage.pool_id,
        usage.contract_id,
        0 as tranche_ordinal,
        usage.window_from_ordinal,
        usage.window_to_ordinal,
        usage.obligation_id,
        usage.line_id,
        'usage' as source,
        usage.stated_amount,
        usage.standalone_amount,
        false as is_residual,
        usage.lacks_ssp,
        usage.is_observable,
        cast(null as decimal(38, 18)) as point_amount,
        cast(null as decimal(38, 18)) as low_amount,
        cast(null as decimal(38, 18)) as high_amount,
        usage.methods,
        false as is_in_package,
        true as is_off_ssp
    from {{ ref('int_pools__usage') }} as usage
    inner join windows
        on windows.pool_id = usage.pool_id
        and windows.window_from_ordinal = usage.window_from_ordinal
    where windows.is_off_ssp or usage.stated_amount <> usage.standalone_amount

    union all

    -- what was paid for credits shares with the other promises as any fee does
    select
        credits.pool_id,
        credits.contract_id,
        0 as tranche_ordinal,
        credits.window_from_ordinal,
        credits.window_to_ordinal,
        credits.obligation_id,
        credits.line_id,
        'credits' as source,
        credits.stated_amount,
        credits.standalone_amount,
        false as is_residual,
        false as lacks_ssp,
        credits.is_observable,
        cast(null as decimal(38, 18)) as point_amount,
        cast(null as decimal(38, 18)) as low_amount,
        cast(null as decimal(38, 18)) as high_amount,
        credits.methods,
        false as is_in_package,
        true as is_off_ssp
    from {{ ref('int_pools__credits') }} as credits
    inner join windows
        on windows.pool_id = credits.pool_id
        and windows.window_from_ordinal = credits.window_from_ordinal
    where windows.is_off_ssp or credits.stated_amount <> credits.standalone_amount
)

select * from int_pools__obligations

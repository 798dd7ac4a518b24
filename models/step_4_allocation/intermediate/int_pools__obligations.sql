-- One row per obligation of a pool, or line of usage or prepaid credits, and window of belief: what the contract states for it and what it is worth at standalone selling prices.
--
-- Use shares in a price only where the fees are not standalone prices in themselves: what is
-- variable and priced at its standalone price belongs to its own increment (32-40, IFRS 15.85).
with

royalties as (
    select
        * exclude (known_from_ordinal, known_to_ordinal),
        known_from_ordinal as window_from_ordinal,
        known_to_ordinal as window_to_ordinal
    from {{ ref('fct_royalty_shares') }}
),

fees as (
    select
        stated.pool_id,
        stated.contract_id,
        stated.tranche_ordinal,
        stated.window_from_ordinal,
        stated.window_to_ordinal,
        stated.obligation_id,
        cast(null as varchar) as line_id,
        'fee' as source,
        stated.stated_amount,
        -- what it is worth is the royalty: no fee of another promise is for it
        case when coalesce(royalties.is_priced_by_use, false) then cast(0 as decimal(38, 18)) else stated.standalone_amount end as standalone_amount,
        stated.is_residual and not coalesce(royalties.is_priced_by_use, false) as is_residual,
        stated.lacks_ssp and not coalesce(royalties.is_priced_by_use, false) as lacks_ssp,
        stated.is_observable,
        stated.point_amount,
        stated.low_amount,
        stated.high_amount,
        stated.methods,
        stated.is_in_package,
        coalesce(royalties.is_priced_by_use, false) as is_priced_by_use
    from {{ ref('int_pools__stated') }} as stated
    left join (
        select
            pool_id,
            window_from_ordinal,
            licence_obligation_id,
            bool_or(is_priced_by_use) as is_priced_by_use
        from royalties
        group by 1, 2, 3
    ) as royalties
        on royalties.pool_id = stated.pool_id
        and royalties.window_from_ordinal = stated.window_from_ordinal
        and royalties.licence_obligation_id = stated.obligation_id
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
        false as is_priced_by_use,
        true as is_off_ssp
    from {{ ref('int_pools__usage') }} as usage
    inner join windows
        on windows.pool_id = usage.pool_id
        and windows.window_from_ordinal = usage.window_from_ordinal
    where windows.is_off_ssp or usage.stated_amount <> usage.standalone_amount

    union all

    -- royalties that are not for their licence alone share as they become known: no forecast of them enters (55-65, IFRS 15.B63)
    select
        royalties.pool_id,
        royalties.contract_id,
        0 as tranche_ordinal,
        royalties.window_from_ordinal,
        royalties.window_to_ordinal,
        royalties.obligation_id,
        royalties.line_id,
        'usage' as source,
        royalties.royalty_amount as stated_amount,
        cast(0 as decimal(38, 18)) as standalone_amount,
        false as is_residual,
        false as lacks_ssp,
        true as is_observable,
        cast(null as decimal(38, 18)) as point_amount,
        cast(null as decimal(38, 18)) as low_amount,
        cast(null as decimal(38, 18)) as high_amount,
        'royalty' as methods,
        false as is_in_package,
        true as is_priced_by_use,
        true as is_off_ssp
    from royalties
    where
        royalties.is_spread
        and royalties.royalty_amount <> 0

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
        false as is_priced_by_use,
        true as is_off_ssp
    from {{ ref('int_pools__credits') }} as credits
    inner join windows
        on windows.pool_id = credits.pool_id
        and windows.window_from_ordinal = credits.window_from_ordinal
    where windows.is_off_ssp or credits.stated_amount <> credits.standalone_amount
)

select * from int_pools__obligations

-- One row per run of a wallet, usage line segment and service period: the charge as that run knows it. Where the vendor's draws count, per lot and instant instead: what it draws.
with

known as (
    select
        runs.run_number,
        charges.line_id,
        charges.line_segment_number,
        charges.entity_id,
        charges.segment_from_at,
        charges.service_ordinal,
        sum(charges.amount) as units
    from {{ ref('int_wallet_runs') }} as runs
    inner join {{ ref('int_wallet_orders') }} as orders
        on orders.wallet_id = runs.wallet_id
        and orders.draw_source = 'own'
    inner join {{ ref('fct_contract_wallets') }} as contracts on contracts.wallet_id = runs.wallet_id
    inner join {{ ref('int_usage_charges') }} as charges
        on charges.contract_id = contracts.contract_id
        and charges.unit_code = runs.unit_code
        and charges.revision < runs.next_revision
    -- a meter of overage counts what no lot pays for
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = charges.line_id
        and lines.line_kind <> 'overage'
    group by 1, 2, 3, 4, 5, 6
    having sum(charges.amount) > 0
),

dated as (
    select
        known.*,
        greatest(known.segment_from_at, periods.start_at) as from_at
    from known
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = known.entity_id
        and periods.period_ordinal = known.service_ordinal
),

used as (
    select
        run_number,
        line_id,
        line_segment_number,
        cast(null as varchar) as grant_id,
        service_ordinal,
        from_at,
        units
    from dated

    union all

    select
        run_number,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        grant_id,
        service_ordinal,
        from_at,
        units
    from {{ ref('int_wallet_usage__reported') }}
),

int_wallet_usage as (
    select
        cast(row_number() over (order by used.run_number, used.from_at, used.line_id, used.line_segment_number, used.grant_id) as bigint) as usage_number,
        used.run_number,
        runs.link_number,
        cast(dense_rank() over (partition by used.run_number order by used.line_id, used.grant_id) as bigint) as line_rank,
        used.line_id,
        used.line_segment_number,
        used.grant_id,
        cast(used.service_ordinal as bigint) as service_ordinal,
        used.from_at,
        cast(used.units as decimal(38, 18)) as units
    from used
    inner join {{ ref('int_wallet_runs') }} as runs
        on runs.run_number = used.run_number
        -- what was used before the first lot started is drawn from none
        and runs.first_at <= used.from_at
)

select * from int_wallet_usage

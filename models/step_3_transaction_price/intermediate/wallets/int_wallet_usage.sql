-- One row per run of a wallet, usage line segment and service period: the charge as that run knows it.
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

int_wallet_usage as (
    select
        cast(row_number() over (order by dated.run_number, dated.from_at, dated.line_id, dated.line_segment_number) as bigint) as usage_number,
        dated.run_number,
        cast(dense_rank() over (partition by dated.run_number order by dated.line_id) as bigint) as line_rank,
        dated.line_id,
        dated.line_segment_number,
        cast(dated.service_ordinal as bigint) as service_ordinal,
        dated.from_at,
        cast(dated.units as decimal(38, 18)) as units
    from dated
    inner join {{ ref('int_wallet_runs') }} as runs
        on runs.run_number = dated.run_number
        -- what was used before the first lot started is drawn from none
        and runs.first_at <= dated.from_at
)

select * from int_wallet_usage

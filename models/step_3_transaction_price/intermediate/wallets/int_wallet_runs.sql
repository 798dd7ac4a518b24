-- One row per wallet and run of its lots: the first, and one for each late arrival that may move earlier draws.
--
-- A wallet is the lots of one contract in one unit. One late unit moves every later boundary
-- between lots, so a late arrival draws the wallet anew. A run is believed from its revision until
-- the next; what arrives in time changes no period before its own and needs none.
with

lots as (
    select * from {{ ref('fct_credit_lots') }}
),

wallets as (
    select
        contract_id,
        unit_code,
        min(effective_at) as first_at
    from lots
    group by contract_id, unit_code
),

revisions as (
    select
        contract_id,
        unit_code,
        0 as revision
    from wallets

    union

    select
        charges.contract_id,
        charges.unit_code,
        charges.revision
    from {{ ref('int_usage_charges') }} as charges
    inner join wallets
        on wallets.contract_id = charges.contract_id
        and wallets.unit_code = charges.unit_code
    where charges.revision % 10 <> {{ family('normal') }}

    union

    select
        contract_id,
        unit_code,
        known_from_ordinal * 10 + {{ family('contract') }} as revision
    from lots
    where version_number > 1 or known_from_ordinal > effective_ordinal

    union

    select
        contract_id,
        unit_code,
        known_to_ordinal * 10 + {{ family('contract') }} as revision
    from lots
    where known_to_ordinal < 999999
),

int_wallet_runs as (
    select
        cast(row_number() over (order by revisions.contract_id, revisions.unit_code, revisions.revision) as bigint) as run_number,
        revisions.contract_id,
        revisions.unit_code,
        wallets.first_at,
        revisions.revision,
        coalesce(
            lead(revisions.revision) over (partition by revisions.contract_id, revisions.unit_code order by revisions.revision),
            99999999
        ) as next_revision
    from revisions
    inner join wallets
        on wallets.contract_id = revisions.contract_id
        and wallets.unit_code = revisions.unit_code
)

select * from int_wallet_runs

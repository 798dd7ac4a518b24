-- One row per wallet and run of its lots: the first, and one for each late arrival that may move earlier draws.
--
-- A wallet is the lots of one contract, or of a pool of contracts, in one unit. One late unit moves every later boundary
-- between lots, so a late arrival draws the wallet anew, and those that units pass to from it: linked wallets have their runs together. A run is believed
-- from its revision until the next; what arrives in time changes no period before its own and needs none.
with

lots as (
    select * from {{ ref('fct_credit_lots') }}
),

wallets as (
    select
        wallet_id,
        unit_code,
        min(effective_at) as first_at
    from lots
    group by wallet_id, unit_code
),

revisions as (
    select
        wallet_id,
        unit_code,
        0 as revision
    from wallets

    union

    select
        wallets.wallet_id,
        charges.unit_code,
        charges.revision
    from {{ ref('int_usage_charges') }} as charges
    inner join {{ ref('fct_contract_wallets') }} as contracts on contracts.contract_id = charges.contract_id
    inner join wallets
        on wallets.wallet_id = contracts.wallet_id
        and wallets.unit_code = charges.unit_code
    where charges.revision % 10 <> {{ family('normal') }}

    union

    -- of what a vendor reports late, and undoes or withdraws
    select
        reports.wallet_id,
        reports.unit_code,
        case moves.kind when 1 then reports.revision else reports.withdrawn_revision end as revision
    from {{ ref('int_wallet_reports') }} as reports
    cross join (values (1), (2)) as moves (kind)
    where
        moves.kind = 1 and reports.revision % 10 <> {{ family('normal') }}
        or moves.kind = 2 and reports.withdrawn_revision < 99999999

    union

    select
        wallet_id,
        unit_code,
        known_from_ordinal * 10 + {{ family('contract') }} as revision
    from lots
    where version_number > 1 or known_from_ordinal > effective_ordinal

    union

    select
        wallet_id,
        unit_code,
        known_to_ordinal * 10 + {{ family('contract') }} as revision
    from lots
    where known_to_ordinal < 999999

    union

    -- a change of terms that is learned late prices anew what was drawn since
    select
        wallets.wallet_id,
        wallets.unit_code,
        case moves.kind when 1 then changes.known_from_ordinal else changes.known_to_ordinal end * 10 + {{ family('modification') }} as revision
    from {{ ref('fct_line_modifications') }} as changes
    inner join {{ ref('fct_contract_wallets') }} as contracts on contracts.contract_id = changes.contract_id
    inner join wallets on wallets.wallet_id = contracts.wallet_id
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = changes.line_id
        and lines.pattern = 'prepaid_units'
    {{ join_period_of('begun', 'changes.entity_id', 'changes.segment_from_at') }}
    cross join (values (1), (2)) as moves (kind)
    where
        moves.kind = 1 and changes.known_from_ordinal > begun.period_ordinal
        or moves.kind = 2 and changes.known_to_ordinal < 999999

    union

    -- what was kept of units paid back, once its note is known
    select
        lots.wallet_id,
        lots.unit_code,
        case moves.kind when 1 then refunds.known_from_ordinal else refunds.known_to_ordinal end * 10 + {{ family('contract') }} as revision
    from {{ ref('fct_credit_refunds') }} as refunds
    inner join (
        select distinct
            grant_id,
            wallet_id,
            unit_code
        from lots
    ) as lots on lots.grant_id = refunds.grant_id
    cross join (values (1), (2)) as moves (kind)
    where
        refunds.kept_amount <> 0
        and (moves.kind = 1 or refunds.known_to_ordinal < 999999)
),

linked as (
    select distinct
        coalesce(members.wallet_id, revisions.wallet_id) as wallet_id,
        coalesce(members.unit_code, revisions.unit_code) as unit_code,
        links.link_id,
        revisions.revision
    from revisions
    left join {{ ref('int_wallet_links') }} as links
        on links.wallet_id = revisions.wallet_id
        and links.unit_code = revisions.unit_code
    left join {{ ref('int_wallet_links') }} as members on members.link_id = links.link_id
),

numbered as (
    select
        *,
        cast(row_number() over (order by wallet_id, unit_code, revision) as bigint) as run_number
    from linked
),

int_wallet_runs as (
    select
        revisions.run_number,
        -- runs of linked wallets that begin together
        case
            when revisions.link_id is null then revisions.run_number
            else min(revisions.run_number) over (partition by revisions.link_id, revisions.revision)
        end as link_number,
        revisions.wallet_id,
        revisions.unit_code,
        wallets.first_at,
        revisions.revision,
        coalesce(
            lead(revisions.revision) over (partition by revisions.wallet_id, revisions.unit_code order by revisions.revision),
            99999999
        ) as next_revision
    from numbered as revisions
    inner join wallets
        on wallets.wallet_id = revisions.wallet_id
        and wallets.unit_code = revisions.unit_code
)

select * from int_wallet_runs

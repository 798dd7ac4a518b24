-- One row per run of a wallet and part of a lot: in which order, within which window and how much of it can be drawn.
with

int_wallet_lots as (
    select
        cast(row_number() over (order by runs.run_number, lots.grant_id, parts.part_number) as bigint) as lot_number,
        runs.run_number,
        cast(row_number() over (
            partition by runs.run_number
            -- a total order: the lot's own priority or that of its kind, what ends first, what was granted first
            order by lots.draw_priority asc, lots.expires_at asc nulls last, lots.granted_at asc, lots.grant_id asc, parts.part_number asc
        ) as bigint) as draw_rank,
        lots.grant_id,
        lots.version_number,
        parts.part_number,
        parts.lapse_kind,
        parts.lapse_ordinal,
        lots.effective_at as from_at,
        coalesce(parts.ends_at, timestamp '9999-12-31') as to_at,
        parts.units
    from {{ ref('int_wallet_runs') }} as runs
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.contract_id = runs.contract_id
        and lots.unit_code = runs.unit_code
        -- the version in force until the next run: what came since this one came in time
        and lots.known_from_ordinal * 10 + {{ family('contract') }} < runs.next_revision
        and case when lots.known_to_ordinal < 999999 then lots.known_to_ordinal * 10 + {{ family('contract') }} else 99999999 end >= runs.next_revision
    inner join {{ ref('fct_credit_lot_parts') }} as parts
        on parts.grant_id = lots.grant_id
        and parts.version_number = lots.version_number
)

select * from int_wallet_lots
